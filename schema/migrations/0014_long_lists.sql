-- Lists that stay quick when what they look through has grown: the log of messages, the catalogue.

-- What was taken up, by its kind: rare kinds of a log of millions. A message that waits has no entry yet, so each is entered once.
CREATE INDEX message_by_kind ON message (kind, state, id) WHERE state > 0;
CREATE INDEX message_duplicate ON message (id) WHERE state = 3;

-- What listings are compared with: raised by every change of a product, a SKU or a barcode, and not, as `catalog` is, by each listing that is mapped.
INSERT INTO cache_version (subject) VALUES ('goods');
