-- The first tables. Keys lead with the tenant, then the book. Ids are 16 octets; times are milliseconds since 1970.
-- What people and cards say is kept as octets (it may hold NUL, and it is compared octet by octet everywhere); JSON and
-- Rolo's own words are text. `key_id` is empty while a row is plain.

create table if not exists meta (name text not null primary key, value blob not null) strict;

create table if not exists organisation (
    id blob not null primary key,
    name blob not null,
    details text not null,
    created_at integer not null,
    key_id blob
) strict, without rowid;

create table if not exists account (
    id blob not null primary key,
    organisation blob not null,
    email blob not null,
    email_key blob not null,
    name blob not null,
    role text not null,
    password_hash text not null,
    settings text not null,
    enabled integer not null,
    created_at integer not null,
    modseq integer not null,
    access_epoch integer not null,
    key_id blob
) strict, without rowid;
create unique index if not exists account_email_key on account (email_key);
create index if not exists account_organisation on account (organisation, id);

create table if not exists session (
    id blob not null primary key,
    organisation blob not null,
    account blob not null,
    digest blob not null,
    device blob not null,
    address blob not null,
    created_at integer not null,
    seen_at integer not null
) strict, without rowid;
create unique index if not exists session_digest on session (digest);
create index if not exists session_account on session (account, created_at);
create index if not exists session_seen_at on session (seen_at);

create table if not exists token (
    id blob not null primary key,
    organisation blob not null,
    account blob not null,
    digest blob not null,
    name blob not null,
    kind text not null,
    created_at integer not null,
    expires_at integer
) strict, without rowid;
create unique index if not exists token_digest on token (digest);
create index if not exists token_account on token (account, created_at);

create table if not exists book (
    organisation blob not null,
    id blob not null,
    owner blob,
    name blob not null,
    epoch integer not null,
    modseq integer not null,
    -- Changes up to this number are forgotten.
    floor integer not null,
    contacts integer not null,
    binned integer not null,
    created_at integer not null,
    key_id blob,
    primary key (organisation, id)
) strict, without rowid;

-- A cache or an index may name a book by its id alone.
create unique index if not exists book_id on book (id);

create table if not exists book_access (
    organisation blob not null,
    book blob not null,
    account blob not null,
    may text not null,
    primary key (organisation, book, account)
) strict, without rowid;
create index if not exists book_access_account on book_access (organisation, account, book);

-- state: 0 living, 1 living group card, 2 in the bin, 3 group card in the bin, 4 purged.
-- uid_live and dav_live are hashes, unique among the living of a book and empty in the bin.
-- Small columns first: a list reads a row only up to its summary.
create table if not exists contact (
    organisation blob not null,
    book blob not null,
    id blob not null,
    state integer not null,
    kind blob not null,
    uid blob not null,
    uid_key blob not null,
    uid_live blob,
    dav_name blob not null,
    dav_live blob,
    revision blob not null,
    modseq integer not null,
    created_at integer not null,
    updated_at integer not null,
    deleted_at integer,
    labels blob not null,
    sort_given blob not null,
    sort_family blob not null,
    sort_company blob not null,
    key_version integer not null,
    summary text not null,
    match_keys blob not null,
    key_id blob,
    model text not null,
    parts blob not null,
    residue blob not null,
    primary key (organisation, book, id)
) strict;
create unique index if not exists contact_id on contact (organisation, id);
create unique index if not exists contact_uid_live on contact (organisation, book, uid_live) where uid_live is not null;
create unique index if not exists contact_dav_live on contact (organisation, book, dav_live) where dav_live is not null;
-- The list in its first order is answered from this index alone.
create index if not exists contact_given on contact (
    organisation, book, sort_given, id, state, kind, revision, modseq, updated_at, deleted_at, labels, summary
) where state = 0;
create index if not exists contact_family on contact (organisation, book, sort_family, id) where state = 0;
create index if not exists contact_company on contact (organisation, book, sort_company, id) where state = 0;
create index if not exists contact_updated on contact (organisation, book, updated_at, id) where state = 0;
create index if not exists contact_group on contact (organisation, book, id) where state = 1;
create index if not exists contact_binned on contact (organisation, book, deleted_at, id) where state = 2;
create index if not exists contact_deleted on contact (deleted_at) where deleted_at is not null;

-- Large values by content, and which contacts (card or any version) hold them.
create table if not exists large (
    organisation blob not null,
    hash blob not null,
    length integer not null,
    key_id blob,
    bytes blob not null,
    primary key (organisation, hash)
) strict;

create table if not exists large_use (
    organisation blob not null,
    contact blob not null,
    hash blob not null,
    primary key (organisation, contact, hash)
) strict, without rowid;
create index if not exists large_use_hash on large_use (organisation, hash);

create table if not exists version (
    organisation blob not null,
    contact blob not null,
    modseq integer not null,
    book blob not null,
    at integer not null,
    account blob,
    door text not null,
    device blob,
    batch blob not null,
    act text not null,
    revision blob not null,
    binned integer not null,
    key_id blob,
    parts blob not null,
    residue blob not null,
    primary key (organisation, contact, modseq)
) strict;
create index if not exists version_batch on version (organisation, batch, contact, modseq);
create index if not exists version_at on version (at);

-- One row for each book a batch touched.
create table if not exists batch (
    organisation blob not null,
    id blob not null,
    book blob not null,
    account blob,
    door text not null,
    device blob,
    at integer not null,
    act text not null,
    undoes blob,
    undone_by blob,
    summary blob,
    contacts integer not null,
    primary key (organisation, id, book)
) strict, without rowid;
create index if not exists batch_book on batch (organisation, book, at);
create index if not exists batch_account on batch (organisation, account, at);
create index if not exists batch_undone_by on batch (organisation, undone_by) where undone_by is not null;

-- What changed last, once for each thing. kind: 0 contact, 1 label, 2 book, 3 account.
create table if not exists book_change (
    organisation blob not null,
    book blob not null,
    kind integer not null,
    id blob not null,
    modseq integer not null,
    gone integer not null,
    at integer not null,
    primary key (organisation, book, kind, id)
) strict, without rowid;
create index if not exists book_change_modseq on book_change (organisation, book, modseq, kind, id, gone);

create table if not exists account_change (
    organisation blob not null,
    account blob not null,
    kind integer not null,
    id blob not null,
    book blob not null,
    modseq integer not null,
    gone integer not null,
    at integer not null,
    primary key (organisation, account, kind, id)
) strict, without rowid;
create index if not exists account_change_modseq on account_change (organisation, account, modseq);

create table if not exists mark (
    organisation blob not null,
    contact blob not null,
    account blob not null,
    starred integer not null,
    hidden integer not null,
    primary key (organisation, contact, account)
) strict, without rowid;
create index if not exists mark_starred on mark (organisation, account, starred, contact);
create index if not exists mark_hidden on mark (organisation, account, hidden, contact);

create table if not exists label (
    organisation blob not null,
    book blob not null,
    id blob not null,
    name blob not null,
    hue integer,
    contacts integer not null,
    modseq integer not null,
    key_id blob,
    primary key (organisation, book, id)
) strict, without rowid;
create unique index if not exists label_id on label (organisation, id);

-- Names a label has (in_use = 1) or had, by hash: a name belongs to one label of a book.
create table if not exists label_name (
    organisation blob not null,
    book blob not null,
    name_key blob not null,
    label blob not null,
    in_use integer not null,
    primary key (organisation, book, name_key)
) strict, without rowid;
create index if not exists label_name_label on label_name (organisation, book, label);

create table if not exists label_member (
    organisation blob not null,
    book blob not null,
    label blob not null,
    contact blob not null,
    living integer not null,
    primary key (organisation, book, label, contact)
) strict, without rowid;

create table if not exists outbox (
    id integer not null primary key autoincrement,
    organisation blob not null,
    event text not null,
    payload text not null,
    attempts integer not null,
    due_at integer not null
) strict;
create index if not exists outbox_due_at on outbox (due_at);

create table if not exists kept_row (
    organisation blob not null,
    book blob not null,
    fingerprint blob not null,
    contact blob not null,
    source_key blob,
    model text not null,
    key_id blob,
    primary key (organisation, book, fingerprint, contact)
) strict, without rowid;
create index if not exists kept_row_contact on kept_row (organisation, contact);

create table if not exists work (
    organisation blob not null,
    id blob not null,
    kind text not null,
    account blob not null,
    book blob,
    number integer not null,
    done integer not null,
    created_at integer not null,
    state text not null,
    primary key (organisation, id)
) strict;
create index if not exists work_account on work (organisation, account, created_at);
create index if not exists work_done on work (done);

create table if not exists attempt (
    name blob not null,
    starts_at integer not null,
    ends_at integer not null,
    tries integer not null,
    primary key (name, starts_at)
) strict, without rowid;
create index if not exists attempt_ends_at on attempt (ends_at);

create table if not exists claim (
    account blob not null,
    name blob not null,
    body blob not null,
    seed blob not null,
    claimed_at integer not null,
    -- 0 while it is being answered, -1 when it was given back.
    status integer not null,
    headers text not null,
    answer blob not null,
    primary key (account, name)
) strict;
create index if not exists claim_claimed_at on claim (claimed_at);

create table if not exists once (
    organisation blob not null,
    id blob not null,
    at integer not null,
    primary key (organisation, id)
) strict, without rowid;
create index if not exists once_at on once (at);
