-- How much a listing's last increase added: a sale heard of afterwards may be older than it, and then what was cut at zero is unknown. It stood in
-- the answer ("taken 5"), where a decrease taken, or refused, after it wiped it out.

ALTER TABLE listing_stock ADD COLUMN raised bigint NOT NULL DEFAULT 0;
UPDATE listing_stock SET raised = substring(answer FROM 'taken (\d+)$')::bigint, answer = regexp_replace(answer, 'taken \d+$', 'taken')
WHERE answer ~ 'taken \d+$';
