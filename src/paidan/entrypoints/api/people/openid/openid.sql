-- People whom a provider vouches for (OpenID Connect), and the ends of attempts to sign in.

-- name: use_attempt
-- Nothing comes back when it was used before. Parameters: digest.
INSERT INTO sign_in_done (digest, at) VALUES (%(digest)s, now()) ON CONFLICT (digest) DO NOTHING RETURNING 1;

-- name: forget_attempts
-- Those whose cookie is long dead. Parameters: age_s. Locks: the rows; others' are passed by.
DELETE FROM sign_in_done
WHERE digest IN (SELECT digest FROM sign_in_done WHERE at < now() - make_interval(secs => %(age_s)s) LIMIT 100 FOR UPDATE SKIP LOCKED);

-- name: find_by_subject
-- Parameters: issuer, subject. Locks: the person.
SELECT p.id, p.is_active FROM person_identity i JOIN person p ON p.id = i.person_id
WHERE i.issuer = %(issuer)s AND i.subject = %(subject)s
FOR NO KEY UPDATE OF p;

-- name: find_awaited
-- Somebody of this name; whether the provider's next person of that name is he. Parameters: name, issuer. Locks: the person.
SELECT p.id, p.is_active, EXISTS (SELECT 1 FROM person_identity i WHERE i.person_id = p.id AND i.issuer = %(issuer)s AND i.subject = '')
FROM person p WHERE p.name = %(name)s
FOR NO KEY UPDATE OF p;

-- name: link
-- Parameters: person_id, issuer, subject ('': awaited). What was there before is forgotten.
INSERT INTO person_identity (person_id, issuer, subject, since) VALUES (%(person_id)s, %(issuer)s, %(subject)s, now())
ON CONFLICT (person_id) DO UPDATE SET issuer = excluded.issuer, subject = excluded.subject, since = excluded.since;

-- name: unlink
-- Parameters: person_id.
DELETE FROM person_identity WHERE person_id = %(person_id)s;

-- name: roles_of
-- Codes of a person's roles. Parameters: id.
SELECT ARRAY(SELECT r.code FROM person_role pr JOIN role r ON r.id = pr.role_id WHERE pr.person_id = %(id)s ORDER BY r.code);

-- name: known_roles
-- Which of these codes are roles. Parameters: codes text[].
SELECT ARRAY(SELECT code FROM role WHERE code = ANY(%(codes)s::text[]) ORDER BY code);

-- name: grow_version
-- What an administrator has open of this person is out of date. Parameters: id.
UPDATE person SET version = version + 1 WHERE id = %(id)s;
