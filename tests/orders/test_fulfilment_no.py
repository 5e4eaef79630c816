import pytest
from hypothesis import given
from hypothesis import strategies as st

from paidan.orders.fulfilment_no import fulfilment_no, read_fulfilment_no

ids = st.integers(1, 2**63 - 1)
attempts = st.integers(1, 9999)


@given(ids, attempts)
def test_a_number_leads_back_to_its_fulfilment_and_sending(fulfilment_id, attempt):
    assert read_fulfilment_no(fulfilment_no(fulfilment_id, attempt)) == (fulfilment_id, attempt)


@given(ids, st.data())
def test_one_wrong_digit_is_found(fulfilment_id, data):
    number = fulfilment_no(fulfilment_id)
    at = data.draw(st.integers(2, len(number) - 1))
    wrong = data.draw(st.sampled_from([digit for digit in "0123456789" if digit != number[at]]))
    assert read_fulfilment_no(number[:at] + wrong + number[at + 1 :]) is None


@given(ids, attempts, attempts)
def test_two_sendings_of_one_fulfilment_never_share_a_number(fulfilment_id, one, other):
    assert (fulfilment_no(fulfilment_id, one) == fulfilment_no(fulfilment_id, other)) == (one == other)


@given(st.from_regex(r"FH\d{1,22}(-\d{1,5})?", fullmatch=True) | st.text(max_size=24))
def test_what_reads_as_a_number_of_ours_is_written_so_and_fits_a_bigint(text):
    read = read_fulfilment_no(text)
    assert read is None or (text.removesuffix("-1") == fulfilment_no(*read) and 0 < read[0] < 2**63)


@pytest.mark.parametrize("text", ["", "FH", "FH1", "fh18", "FH18 ", " FH18", "FH18-", "FH18-12345", "FH18-x", "SO18", "FH１8", "FH18\n"])
def test_what_looks_like_a_number_and_is_none(text):
    assert fulfilment_no(1) == "FH18"
    assert read_fulfilment_no(text) is None
