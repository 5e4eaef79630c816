-- What people ask for: a feed to be read now, and why a difference of stock was accepted.

ALTER TABLE shop_cursor ADD COLUMN wanted_at timestamptz;
COMMENT ON COLUMN shop_cursor.wanted_at IS 'a person wants it read again, however long it rests after failures (business clock)';

ALTER TABLE stock_difference ADD COLUMN note text NOT NULL DEFAULT '';
COMMENT ON COLUMN stock_difference.note IS 'why it was accepted, by who did';
