-- Everybody's own default view of a list: a view of his own, or one of the team's.

CREATE TABLE default_view (
    owner text NOT NULL,                          -- person:<id> or key:<id>
    list text NOT NULL,
    view_id bigint NOT NULL REFERENCES saved_view (id) ON DELETE CASCADE,
    PRIMARY KEY (owner, list)
);
COMMENT ON TABLE default_view IS 'which saved view a list opens with, for each person by himself';
CREATE INDEX default_view_view ON default_view (view_id);

-- Until now a view's owner made it the default, and only he was asked. `saved_view.is_default` is read no more; it goes with a later release.
INSERT INTO default_view (owner, list, view_id)
SELECT DISTINCT ON (v.owner, v.list) v.owner, v.list, v.id FROM saved_view v WHERE v.is_default ORDER BY v.owner, v.list, v.id DESC
ON CONFLICT DO NOTHING;
