-- Which receiver of an order was seen: the one in force, or the platform's beside an edit of ours.

ALTER TABLE receiver_reveal ADD COLUMN which text NOT NULL DEFAULT 'in_force' CHECK (which IN ('in_force', 'platform'));
