-- name: copy_receivers
COPY receiver (id, sealed, tail_digest, phone_digest, key_digest, name_mask, phone_mask, country, province, city, district, adcode,
  longitude, latitude, is_masked) FROM STDIN (FORMAT BINARY)

-- name: receivers
-- Sealed blobs, for rendering to a counterpart or a reveal with purpose. Parameters: ids bigint[].
SELECT id, sealed FROM receiver WHERE id = ANY(%(ids)s::bigint[]);

-- name: stored_receiver
-- Where one receiver is, and its key. Parameters: id. No locks.
SELECT country, adcode, province, city, district, longitude, latitude, key_digest, is_masked FROM receiver WHERE id = %(id)s;

-- name: erase_receivers
-- Removes blob, digests and masks; the region stays for statistics. Parameters: ids bigint[].
UPDATE receiver SET sealed = NULL, tail_digest = NULL, phone_digest = NULL, key_digest = NULL, name_mask = '', phone_mask = ''
WHERE id = ANY(%(ids)s::bigint[]);
