-- One role and one schema per service: no service can read another's tables. Run once as a superuser in the database `clair`.
create role clair_indexer login password 'change-me';
create role clair_matcher login password 'change-me';
create role clair_updater login password 'change-me';
create role clair_notifier login password 'change-me';
create schema indexer authorization clair_indexer;
create schema matcher authorization clair_matcher;
create schema updater authorization clair_updater;
create schema notifier authorization clair_notifier;
revoke all on schema public from public;
-- The matcher and updater stage bulk loads in temporary tables.
grant temporary on database clair to clair_indexer, clair_matcher, clair_updater, clair_notifier;
