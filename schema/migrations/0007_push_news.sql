-- Whether anything was heard of a listing since its last push was planned: if not, a push that was taken needs no second look.
-- True for those that are there: a push may be under way, and something may have been heard.

ALTER TABLE listing_stock ADD COLUMN has_news boolean NOT NULL DEFAULT true;
