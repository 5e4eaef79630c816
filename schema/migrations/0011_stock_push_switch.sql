-- A switch per shop: whether it is told its stock; and who turned it when.

ALTER TABLE shop ADD COLUMN pushes_stock boolean NOT NULL DEFAULT true;
COMMENT ON COLUMN shop.pushes_stock IS 'whether its listings are told what may be sold; off: they show what somebody else sets';

CREATE TABLE stock_push_switch (
    id bigint PRIMARY KEY,
    shop_id bigint NOT NULL REFERENCES shop (id),
    is_on boolean NOT NULL,
    actor text NOT NULL,
    at timestamptz NOT NULL
);
COMMENT ON TABLE stock_push_switch IS 'who turned the telling of stock on or off, and when (business clock); rows are only added';
CREATE INDEX stock_push_switch_shop ON stock_push_switch (shop_id, id);
