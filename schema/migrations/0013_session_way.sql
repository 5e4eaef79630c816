-- Whether a session was opened by a password or by a provider: who came by a provider is not asked to change a password he never typed.

ALTER TABLE session ADD COLUMN by_password boolean NOT NULL DEFAULT true;
COMMENT ON COLUMN session.by_password IS 'false: a provider vouched for him';

-- Nobody knows of those that live now: none of them is shut out of its work, the next sign-in tells.
UPDATE session SET by_password = false;
