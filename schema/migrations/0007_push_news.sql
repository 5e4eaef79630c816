-- Whether anything was heard of a listing since its last push was planned: if not, a push that was taken needs no second look.

ALTER TABLE listing_stock ADD COLUMN has_news boolean NOT NULL DEFAULT false;
