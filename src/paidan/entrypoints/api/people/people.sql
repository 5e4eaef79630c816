-- People, roles, sessions, reveals. Sessions go by the database clock.

-- name: find_session
-- The person of a living session with his rights, and whether he came by a password that he must change. Parameters: digest, quiet_s. No locks.
SELECT s.id, p.id, p.name, p.title, p.language, p.shop_ids, p.warehouse_ids, p.must_change_password AND s.by_password, p.password <> '',
       ARRAY(SELECT DISTINCT unnest(r.rights) FROM person_role pr JOIN role r ON r.id = pr.role_id WHERE pr.person_id = p.id),
       s.seen_at < now() - interval '1 minute'
FROM session s JOIN person p ON p.id = s.person_id
WHERE s.digest = %(digest)s AND s.expires_at > now() AND s.seen_at > now() - make_interval(secs => %(quiet_s)s) AND p.is_active;

-- name: touch_session
-- Parameters: id. Locks: the row.
UPDATE session SET seen_at = now() WHERE id = %(id)s;

-- name: open_session
-- Parameters: id, digest, person_id, age_s, address, agent, by_password.
WITH told AS (UPDATE person SET signed_in_at = now() WHERE id = %(person_id)s)
INSERT INTO session (id, digest, person_id, created_at, seen_at, expires_at, address, agent, by_password)
VALUES (%(id)s, %(digest)s, %(person_id)s, now(), now(), now() + make_interval(secs => %(age_s)s), %(address)s, %(agent)s, %(by_password)s);

-- name: forget_sessions
-- Those over for a day. Locks: the rows; others' are passed by.
DELETE FROM session WHERE id IN (SELECT id FROM session WHERE expires_at < now() - interval '1 day' LIMIT 100 FOR UPDATE SKIP LOCKED);

-- name: end_sessions
-- Parameters: person_id; only (id) or NULL; but (id) or NULL. Locks: the rows.
DELETE FROM session WHERE person_id = %(person_id)s AND (%(only)s::bigint IS NULL OR id = %(only)s) AND (%(but)s::bigint IS NULL OR id <> %(but)s);

-- name: list_sessions
-- Living sessions of a person, newest first. Parameters: person_id, quiet_s.
SELECT id::text AS id, created_at, seen_at, address, agent FROM session
WHERE person_id = %(person_id)s AND expires_at > now() AND seen_at > now() - make_interval(secs => %(quiet_s)s) ORDER BY session.id DESC LIMIT 100;

-- name: failures
-- Parameters: subjects text[], window_s.
SELECT subject, failures FROM sign_in_failure WHERE subject = ANY(%(subjects)s::text[]) AND since > now() - make_interval(secs => %(window_s)s);

-- name: count_failure
-- Parameters: subjects text[], in order; window_s. Locks: the rows.
INSERT INTO sign_in_failure AS f (subject, failures, since)
SELECT subject, 1, now() FROM unnest(%(subjects)s::text[]) AS w (subject)
ON CONFLICT (subject) DO UPDATE SET
    failures = CASE WHEN f.since > now() - make_interval(secs => %(window_s)s) THEN f.failures + 1 ELSE 1 END,
    since = CASE WHEN f.since > now() - make_interval(secs => %(window_s)s) THEN f.since ELSE now() END;

-- name: forget_failures
-- Parameters: subject.
DELETE FROM sign_in_failure WHERE subject = %(subject)s;

-- name: find_by_name
-- For signing in. Parameters: name.
SELECT id, password, is_active FROM person WHERE name = %(name)s;

-- name: password_of
-- Parameters: id. Locks: the row.
SELECT password FROM person WHERE id = %(id)s FOR NO KEY UPDATE;

-- name: set_password
-- Parameters: id, password, must_change.
UPDATE person SET password = %(password)s, must_change_password = %(must_change)s, version = version + 1 WHERE id = %(id)s;

-- name: set_language
-- Parameters: id, language.
UPDATE person SET language = %(language)s WHERE id = %(id)s;

-- name: any_person
SELECT EXISTS (SELECT 1 FROM person);

-- name: list_people
-- By id; `id`: that one. Parameters: id, after, limit, issuer ('': no provider). Names of shops and warehouses are their codes.
SELECT p.id::text AS id, p.version, p.name, p.title, p.language, p.is_active, p.must_change_password, p.created_at, p.signed_in_at,
       p.password <> '' AS has_password,
       coalesce((SELECT CASE i.subject WHEN '' THEN 'awaited' ELSE 'linked' END FROM person_identity i
                 WHERE i.person_id = p.id AND i.issuer = %(issuer)s AND i.issuer <> ''), 'none') AS provider,
       ARRAY(SELECT r.code FROM person_role pr JOIN role r ON r.id = pr.role_id WHERE pr.person_id = p.id ORDER BY r.code) AS roles,
       CASE WHEN p.shop_ids IS NOT NULL THEN ARRAY(SELECT s.code FROM shop s WHERE s.id = ANY(p.shop_ids) ORDER BY s.code) END AS shops,
       CASE WHEN p.warehouse_ids IS NOT NULL THEN ARRAY(SELECT w.code FROM warehouse w WHERE w.id = ANY(p.warehouse_ids) ORDER BY w.code) END AS warehouses
FROM person p
WHERE (%(id)s::bigint IS NULL OR p.id = %(id)s) AND p.id > %(after)s::bigint
ORDER BY p.id LIMIT %(limit)s;

-- name: add_person
-- Parameters: id, name, title, password, language, shop_ids, warehouse_ids, is_active, must_change, now. Nothing comes back when the name is taken.
INSERT INTO person (id, name, title, password, language, shop_ids, warehouse_ids, is_active, must_change_password, created_at)
VALUES (%(id)s, %(name)s, %(title)s, %(password)s, %(language)s, %(shop_ids)s::bigint[], %(warehouse_ids)s::bigint[], %(is_active)s, %(must_change)s, %(now)s)
ON CONFLICT (name) DO NOTHING
RETURNING id;

-- name: lock_person
-- Parameters: id. Locks: the row.
SELECT version FROM person WHERE id = %(id)s FOR NO KEY UPDATE;

-- name: change_person
-- Parameters: id, title, language, shop_ids, warehouse_ids, is_active. The row is locked.
UPDATE person SET title = %(title)s, language = %(language)s, shop_ids = %(shop_ids)s::bigint[], warehouse_ids = %(warehouse_ids)s::bigint[],
    is_active = %(is_active)s, version = version + 1
WHERE id = %(id)s;

-- name: clear_roles
-- Parameters: id (person).
DELETE FROM person_role WHERE person_id = %(id)s;

-- name: give_roles
-- Parameters: id (person), roles text[] (codes).
INSERT INTO person_role (person_id, role_id) SELECT %(id)s, r.id FROM role r WHERE r.code = ANY(%(roles)s::text[]);

-- name: known_codes
-- Which of these codes exist. Parameters: roles, shops, warehouses text[].
SELECT ARRAY(SELECT code FROM role WHERE code = ANY(%(roles)s::text[])),
       ARRAY(SELECT code FROM shop WHERE code = ANY(%(shops)s::text[])), ARRAY(SELECT id FROM shop WHERE code = ANY(%(shops)s::text[]) ORDER BY id),
       ARRAY(SELECT code FROM warehouse WHERE code = ANY(%(warehouses)s::text[])),
       ARRAY(SELECT id FROM warehouse WHERE code = ANY(%(warehouses)s::text[]) ORDER BY id);

-- name: lock_administration
-- One change of people or roles at a time: the last one who may change people must not lose the right in a race. Until the transaction ends.
SELECT pg_advisory_xact_lock(hashtext('people'), hashtext(current_schema()));

-- name: administrators
-- Active people who see everything and may change people.
SELECT count(*) FROM person p
WHERE p.is_active AND p.shop_ids IS NULL AND p.warehouse_ids IS NULL
  AND EXISTS (SELECT 1 FROM person_role pr JOIN role r ON r.id = pr.role_id WHERE pr.person_id = p.id AND 'people' = ANY(r.rights));

-- name: list_roles
-- Parameters: id, after, limit.
SELECT r.id::text AS id, r.version, r.code, r.name, r.rights, (SELECT count(*) FROM person_role pr WHERE pr.role_id = r.id) AS people
FROM role r WHERE (%(id)s::bigint IS NULL OR r.id = %(id)s) AND r.id > %(after)s::bigint ORDER BY r.id LIMIT %(limit)s;

-- name: add_role
-- Parameters: id, code, name, rights text[]. Nothing comes back when the code is taken.
INSERT INTO role (id, code, name, rights) VALUES (%(id)s, %(code)s, %(name)s, %(rights)s::text[]) ON CONFLICT (code) DO NOTHING RETURNING id;

-- name: lock_role
-- Parameters: id. Locks: the row.
SELECT version, code FROM role WHERE id = %(id)s FOR NO KEY UPDATE;

-- name: change_role
-- Parameters: id, name, rights. The row is locked.
UPDATE role SET name = %(name)s, rights = %(rights)s::text[], version = version + 1 WHERE id = %(id)s;

-- name: add_reveal
-- Parameters: id, order_id, order_no, which, actor, purpose, address, now.
INSERT INTO receiver_reveal (id, order_id, order_no, which, actor, purpose, address, at)
VALUES (%(id)s, %(order_id)s, %(order_no)s, %(which)s, %(actor)s, %(purpose)s, %(address)s, %(now)s);

-- name: list_reveals
-- Newest first. Parameters: after (id), actor, limit.
SELECT id::text AS id, order_id::text AS order_id, order_no, which, actor, purpose, address, at FROM receiver_reveal
WHERE (%(after)s::bigint IS NULL OR receiver_reveal.id < %(after)s) AND (%(actor)s::text IS NULL OR actor = %(actor)s)
ORDER BY receiver_reveal.id DESC LIMIT %(limit)s;

-- name: receiver_of
-- The receiver of an order that the caller sees, and the platform's where a person has edited it. Parameters: order_no, shops, warehouses.
SELECT o.id, o.order_no, o.receiver_id, (o.edits #>> '{receiver,theirs}')::bigint FROM order_key k JOIN sales_order o ON o.id = k.order_id
WHERE k.order_no = %(order_no)s
  AND (%(shops)s::bigint[] IS NULL OR o.shop_id = ANY(%(shops)s))
  AND (%(warehouses)s::bigint[] IS NULL OR EXISTS (SELECT 1 FROM fulfilment f WHERE f.order_id = o.id AND f.warehouse_id = ANY(%(warehouses)s)));
