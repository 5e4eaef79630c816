"""The packaged invoices are read without a trace in the process that reads them."""

import csv

from paidan.world.retail import columns_of


def test_reading_long_columns_leaves_the_limit_of_strangers_files_alone():
    before = csv.field_size_limit()
    columns = columns_of("retail.csv.xz")
    assert max(map(len, columns.values())) > 10_000
    assert csv.field_size_limit() == before
