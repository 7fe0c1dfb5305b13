-- Every closed list of values. A value outside its list cannot be stored.
-- Targets and frames are not here: they belong to the codebook and stand in the tables `target` and `frame`.

create type language as enum ('kk', 'ru', 'en', 'other');
create type script as enum ('Cyrl', 'Latn', 'Arab', 'other');
create type tier as enum ('A', 'B', 'C', 'X');
create type ownership_class as enum (
    'state', 'pro_government_holding', 'private_independent', 'private_unclassified', 'opposition',
    'international_public', 'think_tank', 'russian_state', 'unknown'
);
create type confidence as enum ('low', 'medium', 'high');
create type fetch_kind as enum ('robots', 'feed', 'sitemap', 'listing', 'article');
create type fetch_status as enum (
    'ok', 'not_modified', 'robots_denied', 'paywalled', 'challenged', 'not_found', 'gone', 'forbidden',
    'redirected_off_host', 'private_address', 'too_large', 'bad_type', 'rate_limited', 'server_error', 'timeout',
    'dns', 'tls', 'connection', 'bad_encoding', 'parse_failed', 'empty_body', 'undated', 'duplicate',
    'not_article', 'off_host', 'budget_exhausted'
);
create type date_rule as enum ('json_ld', 'meta', 'time_tag', 'microdata', 'text', 'url', 'feed', 'none');
create type date_status as enum ('ok', 'undated', 'future', 'suspect');
create type move as enum ('securitizing', 'desecuritizing', 'neutral', 'irrelevant');
create type voice as enum ('author', 'official', 'politician', 'expert', 'activist', 'public', 'foreign');
create type referent as enum ('state', 'society', 'economy', 'individual');
create type sector as enum ('political', 'military', 'economic', 'societal', 'environmental', 'counter');
create type coverage_status as enum ('complete', 'partial', 'missing');
create type severity as enum ('none', 'watch', 'alert', 'high');
create type episode_state as enum ('open', 'closed');
