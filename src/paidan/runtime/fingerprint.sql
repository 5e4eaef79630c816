-- name: catalog_objects
-- Every object of a schema as (kind, name, definition); partitions stand for their parent and are left out. Parameters: schema.
WITH relation AS (
    SELECT oid, relname, relkind, relacl, reloptions
    FROM pg_class
    WHERE relnamespace = to_regnamespace(%(schema)s) AND NOT relispartition AND relname <> 'schema_version' AND relname <> 'schema_version_pkc'
)
SELECT 'relation', relname::text, concat_ws(' ', relkind, pg_get_partkeydef(oid), reloptions::text, relacl::text, obj_description(oid, 'pg_class'))
FROM relation
WHERE relkind IN ('r', 'p', 'v', 'm', 'S')
UNION ALL
SELECT 'column', relname || '.' || attname,
    concat_ws(' ', format_type(atttypid, atttypmod), concat('not null: ', attnotnull), concat('identity: ', attidentity), concat('generated: ', attgenerated),
        concat('collation: ', attcollation), concat('default: ', pg_get_expr(adbin, adrelid)), col_description(attrelid, attnum))
FROM relation
JOIN pg_attribute ON attrelid = oid AND attnum > 0 AND NOT attisdropped
LEFT JOIN pg_attrdef ON adrelid = attrelid AND adnum = attnum
WHERE relkind IN ('r', 'p', 'v', 'm')
UNION ALL
SELECT 'constraint', relname || '.' || conname, pg_get_constraintdef(con.oid)
FROM relation
JOIN pg_constraint AS con ON conrelid = relation.oid
UNION ALL
SELECT 'index', relname, pg_get_indexdef(oid)
FROM relation
WHERE relkind IN ('i', 'I')
UNION ALL
SELECT 'trigger', relname || '.' || tgname, concat_ws(' ', pg_get_triggerdef(trigger.oid), tgenabled)
FROM relation
JOIN pg_trigger AS trigger ON tgrelid = relation.oid AND NOT tgisinternal
UNION ALL
SELECT 'view', relname, pg_get_viewdef(oid)
FROM relation
WHERE relkind IN ('v', 'm')
UNION ALL
SELECT 'sequence', relname, concat_ws(' ', format_type(seqtypid, NULL), seqstart, seqincrement, seqmin, seqmax, seqcache, seqcycle)
FROM relation
JOIN pg_sequence ON seqrelid = oid
UNION ALL
SELECT 'function', oid::regprocedure::text, concat_ws(' ', pg_get_functiondef(oid), proacl::text, obj_description(oid, 'pg_proc'))
FROM pg_proc
WHERE pronamespace = to_regnamespace(%(schema)s) AND prokind IN ('f', 'p')
UNION ALL
SELECT 'type', typname, concat_ws(' ', typtype, format_type(typbasetype, typtypmod), typdefault, (SELECT string_agg(enumlabel, ',' ORDER BY enumsortorder) FROM pg_enum WHERE enumtypid = pg_type.oid))
FROM pg_type
WHERE typnamespace = to_regnamespace(%(schema)s) AND typtype IN ('d', 'e');
