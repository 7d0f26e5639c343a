-- The first tables. Keys lead with the tenant, then the book. Ids are 16 octets; times are milliseconds since 1970.
-- What people and cards say is kept as octets (it may hold NUL, and it is compared octet by octet everywhere); JSON and
-- Rolo's own words are text. `key_id` is empty while a row is plain.

create table if not exists meta (name text not null primary key, value bytea not null);

create table if not exists organisation (
    id bytea not null primary key,
    name bytea not null,
    details text not null,
    created_at bigint not null,
    key_id bytea
);

create table if not exists account (
    id bytea not null primary key,
    organisation bytea not null,
    email bytea not null,
    email_key bytea not null,
    name bytea not null,
    role text not null,
    password_hash text not null,
    settings text not null,
    enabled bigint not null,
    created_at bigint not null,
    modseq bigint not null,
    access_epoch bigint not null,
    key_id bytea
);
create unique index if not exists account_email_key on account (email_key);
create index if not exists account_organisation on account (organisation, id);

create table if not exists session (
    id bytea not null primary key,
    organisation bytea not null,
    account bytea not null,
    digest bytea not null,
    device bytea not null,
    address bytea not null,
    created_at bigint not null,
    seen_at bigint not null
);
create unique index if not exists session_digest on session (digest);
create index if not exists session_account on session (account, created_at);
create index if not exists session_seen_at on session (seen_at);

create table if not exists token (
    id bytea not null primary key,
    organisation bytea not null,
    account bytea not null,
    digest bytea not null,
    name bytea not null,
    kind text not null,
    created_at bigint not null,
    expires_at bigint
);
create unique index if not exists token_digest on token (digest);
create index if not exists token_account on token (account, created_at);

create table if not exists book (
    organisation bytea not null,
    id bytea not null,
    owner bytea,
    name bytea not null,
    epoch bigint not null,
    modseq bigint not null,
    -- Changes up to this number are forgotten.
    floor bigint not null,
    contacts bigint not null,
    binned bigint not null,
    created_at bigint not null,
    key_id bytea,
    primary key (organisation, id)
);

-- A cache or an index may name a book by its id alone.
create unique index if not exists book_id on book (id);

create table if not exists book_access (
    organisation bytea not null,
    book bytea not null,
    account bytea not null,
    may text not null,
    primary key (organisation, book, account)
);
create index if not exists book_access_account on book_access (organisation, account, book);

-- state: 0 living, 1 living group card, 2 in the bin, 3 group card in the bin, 4 purged.
-- uid_live and dav_live are hashes, unique among the living of a book and empty in the bin.
-- Small columns first: a list reads a row only up to its summary.
create table if not exists contact (
    organisation bytea not null,
    book bytea not null,
    id bytea not null,
    state bigint not null,
    kind bytea not null,
    uid bytea not null,
    uid_key bytea not null,
    uid_live bytea,
    dav_name bytea not null,
    dav_live bytea,
    revision bytea not null,
    modseq bigint not null,
    created_at bigint not null,
    updated_at bigint not null,
    deleted_at bigint,
    labels bytea not null,
    sort_given bytea not null,
    sort_family bytea not null,
    sort_company bytea not null,
    key_version bigint not null,
    summary text not null,
    match_keys bytea not null,
    key_id bytea,
    model text not null,
    parts bytea not null,
    residue bytea not null,
    primary key (organisation, book, id)
);
create unique index if not exists contact_id on contact (organisation, id);
create unique index if not exists contact_uid_live on contact (organisation, book, uid_live) where uid_live is not null;
create unique index if not exists contact_dav_live on contact (organisation, book, dav_live) where dav_live is not null;
create index if not exists contact_given on contact (organisation, book, sort_given, id) where state = 0;
create index if not exists contact_family on contact (organisation, book, sort_family, id) where state = 0;
create index if not exists contact_company on contact (organisation, book, sort_company, id) where state = 0;
create index if not exists contact_updated on contact (organisation, book, updated_at, id) where state = 0;
create index if not exists contact_group on contact (organisation, book, id) where state = 1;
create index if not exists contact_binned on contact (organisation, book, deleted_at, id) where state = 2;
create index if not exists contact_deleted on contact (deleted_at) where deleted_at is not null;

-- Large values by content, and which contacts (card or any version) hold them.
create table if not exists large (
    organisation bytea not null,
    hash bytea not null,
    length bigint not null,
    key_id bytea,
    bytes bytea not null,
    primary key (organisation, hash)
);

create table if not exists large_use (
    organisation bytea not null,
    contact bytea not null,
    hash bytea not null,
    primary key (organisation, contact, hash)
);
create index if not exists large_use_hash on large_use (organisation, hash);

create table if not exists version (
    organisation bytea not null,
    contact bytea not null,
    modseq bigint not null,
    book bytea not null,
    at bigint not null,
    account bytea,
    door text not null,
    device bytea,
    batch bytea not null,
    act text not null,
    revision bytea not null,
    binned bigint not null,
    key_id bytea,
    parts bytea not null,
    residue bytea not null,
    primary key (organisation, contact, modseq)
);
create index if not exists version_batch on version (organisation, batch, contact, modseq);
create index if not exists version_at on version (at);

-- One row for each book a batch touched.
create table if not exists batch (
    organisation bytea not null,
    id bytea not null,
    book bytea not null,
    account bytea,
    door text not null,
    device bytea,
    at bigint not null,
    act text not null,
    undoes bytea,
    undone_by bytea,
    summary bytea,
    contacts bigint not null,
    primary key (organisation, id, book)
);
create index if not exists batch_book on batch (organisation, book, at);
create index if not exists batch_account on batch (organisation, account, at);
create index if not exists batch_undone_by on batch (organisation, undone_by) where undone_by is not null;

-- What changed last, once for each thing. kind: 0 contact, 1 label, 2 book, 3 account.
create table if not exists book_change (
    organisation bytea not null,
    book bytea not null,
    kind bigint not null,
    id bytea not null,
    modseq bigint not null,
    gone bigint not null,
    at bigint not null,
    primary key (organisation, book, kind, id)
);
create index if not exists book_change_modseq on book_change (organisation, book, modseq, kind, id, gone);

create table if not exists account_change (
    organisation bytea not null,
    account bytea not null,
    kind bigint not null,
    id bytea not null,
    book bytea not null,
    modseq bigint not null,
    gone bigint not null,
    at bigint not null,
    primary key (organisation, account, kind, id)
);
create index if not exists account_change_modseq on account_change (organisation, account, modseq);

create table if not exists mark (
    organisation bytea not null,
    contact bytea not null,
    account bytea not null,
    starred bigint not null,
    hidden bigint not null,
    primary key (organisation, contact, account)
);
create index if not exists mark_starred on mark (organisation, account, starred, contact);
create index if not exists mark_hidden on mark (organisation, account, hidden, contact);

create table if not exists label (
    organisation bytea not null,
    book bytea not null,
    id bytea not null,
    name bytea not null,
    hue bigint,
    contacts bigint not null,
    modseq bigint not null,
    key_id bytea,
    primary key (organisation, book, id)
);
create unique index if not exists label_id on label (organisation, id);

-- Names a label has (in_use = 1) or had, by hash: a name belongs to one label of a book.
create table if not exists label_name (
    organisation bytea not null,
    book bytea not null,
    name_key bytea not null,
    label bytea not null,
    in_use bigint not null,
    primary key (organisation, book, name_key)
);
create index if not exists label_name_label on label_name (organisation, book, label);

create table if not exists label_member (
    organisation bytea not null,
    book bytea not null,
    label bytea not null,
    contact bytea not null,
    living bigint not null,
    primary key (organisation, book, label, contact)
);

create table if not exists outbox (
    id bigint not null generated by default as identity primary key,
    organisation bytea not null,
    event text not null,
    payload text not null,
    attempts bigint not null,
    due_at bigint not null
);
create index if not exists outbox_due_at on outbox (due_at);

create table if not exists kept_row (
    organisation bytea not null,
    book bytea not null,
    fingerprint bytea not null,
    contact bytea not null,
    source_key bytea,
    model text not null,
    key_id bytea,
    primary key (organisation, book, fingerprint, contact)
);
create index if not exists kept_row_contact on kept_row (organisation, contact);

create table if not exists work (
    organisation bytea not null,
    id bytea not null,
    kind text not null,
    account bytea not null,
    book bytea,
    number bigint not null,
    done bigint not null,
    created_at bigint not null,
    state text not null,
    primary key (organisation, id)
);
create index if not exists work_account on work (organisation, account, created_at);
create index if not exists work_done on work (done);

create table if not exists attempt (
    name bytea not null,
    starts_at bigint not null,
    ends_at bigint not null,
    tries bigint not null,
    primary key (name, starts_at)
);
create index if not exists attempt_ends_at on attempt (ends_at);

create table if not exists claim (
    account bytea not null,
    name bytea not null,
    body bytea not null,
    seed bytea not null,
    claimed_at bigint not null,
    -- 0 while it is being answered, -1 when it was given back.
    status bigint not null,
    headers text not null,
    answer bytea not null,
    primary key (account, name)
);
create index if not exists claim_claimed_at on claim (claimed_at);

create table if not exists once (
    organisation bytea not null,
    id bytea not null,
    at bigint not null,
    primary key (organisation, id)
);
create index if not exists once_at on once (at);
