-- The first tables. Keys lead with the tenant, then the book. Ids are 16 octets; times are milliseconds since 1970.
-- What people and cards say is kept as octets (it is compared octet by octet everywhere); JSON and
-- Rolo's own words are text. `key_id` is empty while a row is plain.

create table if not exists meta (name varchar(64) character set ascii collate ascii_bin not null primary key, value longblob not null) engine = innodb;

create table if not exists organisation (
    id binary(16) not null primary key,
    name longblob not null,
    details longtext not null,
    created_at bigint not null,
    key_id longblob
) engine = innodb default character set utf8mb4 collate utf8mb4_bin;

create table if not exists account (
    id binary(16) not null primary key,
    organisation binary(16) not null,
    email longblob not null,
    email_key binary(32) not null,
    name longblob not null,
    role varchar(16) character set ascii collate ascii_bin not null,
    password_hash longtext not null,
    settings longtext not null,
    enabled bigint not null,
    created_at bigint not null,
    modseq bigint not null,
    access_epoch bigint not null,
    key_id longblob,
    unique key account_email_key (email_key),
    key account_organisation (organisation, id)
) engine = innodb default character set utf8mb4 collate utf8mb4_bin;

create table if not exists session (
    id binary(16) not null primary key,
    organisation binary(16) not null,
    account binary(16) not null,
    digest binary(32) not null,
    device longblob not null,
    address longblob not null,
    created_at bigint not null,
    seen_at bigint not null,
    unique key session_digest (digest),
    key session_account (account, created_at),
    key session_seen_at (seen_at)
) engine = innodb default character set utf8mb4 collate utf8mb4_bin;

create table if not exists token (
    id binary(16) not null primary key,
    organisation binary(16) not null,
    account binary(16) not null,
    digest binary(32) not null,
    name longblob not null,
    kind varchar(100) character set ascii collate ascii_bin not null,
    created_at bigint not null,
    expires_at bigint,
    unique key token_digest (digest),
    key token_account (account, created_at)
) engine = innodb default character set utf8mb4 collate utf8mb4_bin;

create table if not exists book (
    organisation binary(16) not null,
    id binary(16) not null,
    owner binary(16),
    name longblob not null,
    epoch bigint not null,
    modseq bigint not null,
    -- Changes up to this number are forgotten.
    floor bigint not null,
    contacts bigint not null,
    binned bigint not null,
    created_at bigint not null,
    key_id longblob,
    primary key (organisation, id),
    unique key book_id (id)
) engine = innodb default character set utf8mb4 collate utf8mb4_bin;

-- A cache or an index may name a book by its id alone.

create table if not exists book_access (
    organisation binary(16) not null,
    book binary(16) not null,
    account binary(16) not null,
    may varchar(16) character set ascii collate ascii_bin not null,
    primary key (organisation, book, account),
    key book_access_account (organisation, account, book)
) engine = innodb default character set utf8mb4 collate utf8mb4_bin;

-- state: 0 living, 1 living group card, 2 in the bin, 3 group card in the bin, 4 purged.
-- uid_live and dav_live are hashes, unique among the living of a book and empty in the bin.
-- Small columns first: a list reads a row only up to its summary.
create table if not exists contact (
    organisation binary(16) not null,
    book binary(16) not null,
    id binary(16) not null,
    state bigint not null,
    kind longblob not null,
    uid longblob not null,
    uid_key longblob not null,
    uid_live binary(32),
    dav_name longblob not null,
    dav_live binary(32),
    revision binary(16) not null,
    modseq bigint not null,
    created_at bigint not null,
    updated_at bigint not null,
    deleted_at bigint,
    labels longblob not null,
    sort_given varbinary(255) not null,
    sort_family varbinary(255) not null,
    sort_company varbinary(255) not null,
    key_version bigint not null,
    summary longtext not null,
    match_keys longblob not null,
    key_id longblob,
    model longtext not null,
    parts longblob not null,
    residue longblob not null,
    primary key (organisation, book, id),
    unique key contact_id (organisation, id),
    unique key contact_uid_live (organisation, book, uid_live),
    unique key contact_dav_live (organisation, book, dav_live),
    key contact_given (organisation, book, state, sort_given, id),
    key contact_family (organisation, book, state, sort_family, id),
    key contact_company (organisation, book, state, sort_company, id),
    key contact_updated (organisation, book, state, updated_at, id),
    key contact_binned (organisation, book, state, deleted_at, id),
    key contact_deleted (deleted_at)
) engine = innodb default character set utf8mb4 collate utf8mb4_bin;

-- Large values by content, and which contacts (card or any version) hold them.
create table if not exists large (
    organisation binary(16) not null,
    hash binary(32) not null,
    length bigint not null,
    key_id longblob,
    bytes longblob not null,
    primary key (organisation, hash)
) engine = innodb default character set utf8mb4 collate utf8mb4_bin;

create table if not exists large_use (
    organisation binary(16) not null,
    contact binary(16) not null,
    hash binary(32) not null,
    primary key (organisation, contact, hash),
    key large_use_hash (organisation, hash)
) engine = innodb default character set utf8mb4 collate utf8mb4_bin;

create table if not exists version (
    organisation binary(16) not null,
    contact binary(16) not null,
    modseq bigint not null,
    book binary(16) not null,
    at bigint not null,
    account binary(16),
    door varchar(16) character set ascii collate ascii_bin not null,
    device longblob,
    batch binary(16) not null,
    act varchar(16) character set ascii collate ascii_bin not null,
    revision binary(16) not null,
    binned bigint not null,
    key_id longblob,
    parts longblob not null,
    residue longblob not null,
    primary key (organisation, contact, modseq),
    key version_batch (organisation, batch, contact, modseq),
    key version_at (at)
) engine = innodb default character set utf8mb4 collate utf8mb4_bin;

-- One row for each book a batch touched.
create table if not exists batch (
    organisation binary(16) not null,
    id binary(16) not null,
    book binary(16) not null,
    account binary(16),
    door varchar(16) character set ascii collate ascii_bin not null,
    device longblob,
    at bigint not null,
    act varchar(16) character set ascii collate ascii_bin not null,
    undoes binary(16),
    undone_by binary(16),
    summary longblob,
    contacts bigint not null,
    primary key (organisation, id, book),
    key batch_book (organisation, book, at),
    key batch_account (organisation, account, at),
    key batch_undone_by (organisation, undone_by)
) engine = innodb default character set utf8mb4 collate utf8mb4_bin;

-- What changed last, once for each thing. kind: 0 contact, 1 label, 2 book, 3 account.
create table if not exists book_change (
    organisation binary(16) not null,
    book binary(16) not null,
    kind bigint not null,
    id binary(16) not null,
    modseq bigint not null,
    gone bigint not null,
    at bigint not null,
    primary key (organisation, book, kind, id),
    key book_change_modseq (organisation, book, modseq, kind, id, gone)
) engine = innodb default character set utf8mb4 collate utf8mb4_bin;

create table if not exists account_change (
    organisation binary(16) not null,
    account binary(16) not null,
    kind bigint not null,
    id binary(16) not null,
    book binary(16) not null,
    modseq bigint not null,
    gone bigint not null,
    at bigint not null,
    primary key (organisation, account, kind, id),
    key account_change_modseq (organisation, account, modseq)
) engine = innodb default character set utf8mb4 collate utf8mb4_bin;

create table if not exists mark (
    organisation binary(16) not null,
    contact binary(16) not null,
    account binary(16) not null,
    starred bigint not null,
    hidden bigint not null,
    primary key (organisation, contact, account),
    key mark_starred (organisation, account, starred, contact),
    key mark_hidden (organisation, account, hidden, contact)
) engine = innodb default character set utf8mb4 collate utf8mb4_bin;

create table if not exists label (
    organisation binary(16) not null,
    book binary(16) not null,
    id binary(16) not null,
    name longblob not null,
    hue bigint,
    contacts bigint not null,
    modseq bigint not null,
    key_id longblob,
    primary key (organisation, book, id),
    unique key label_id (organisation, id)
) engine = innodb default character set utf8mb4 collate utf8mb4_bin;

-- Names a label has (in_use = 1) or had, by hash: a name belongs to one label of a book.
create table if not exists label_name (
    organisation binary(16) not null,
    book binary(16) not null,
    name_key binary(32) not null,
    label binary(16) not null,
    in_use bigint not null,
    primary key (organisation, book, name_key),
    key label_name_label (organisation, book, label)
) engine = innodb default character set utf8mb4 collate utf8mb4_bin;

create table if not exists label_member (
    organisation binary(16) not null,
    book binary(16) not null,
    label binary(16) not null,
    contact binary(16) not null,
    living bigint not null,
    primary key (organisation, book, label, contact)
) engine = innodb default character set utf8mb4 collate utf8mb4_bin;

create table if not exists outbox (
    id bigint not null primary key auto_increment,
    organisation binary(16) not null,
    event varchar(100) character set ascii collate ascii_bin not null,
    payload longtext not null,
    attempts bigint not null,
    due_at bigint not null,
    key outbox_due_at (due_at)
) engine = innodb default character set utf8mb4 collate utf8mb4_bin;

create table if not exists kept_row (
    organisation binary(16) not null,
    book binary(16) not null,
    fingerprint binary(16) not null,
    contact binary(16) not null,
    source_key longblob,
    model longtext not null,
    key_id longblob,
    primary key (organisation, book, fingerprint, contact),
    key kept_row_contact (organisation, contact)
) engine = innodb default character set utf8mb4 collate utf8mb4_bin;

create table if not exists work (
    organisation binary(16) not null,
    id binary(16) not null,
    kind varchar(100) character set ascii collate ascii_bin not null,
    account binary(16) not null,
    book binary(16),
    number bigint not null,
    done bigint not null,
    created_at bigint not null,
    state longtext not null,
    primary key (organisation, id),
    key work_account (organisation, account, created_at),
    key work_done (done)
) engine = innodb default character set utf8mb4 collate utf8mb4_bin;

create table if not exists attempt (
    name binary(32) not null,
    starts_at bigint not null,
    ends_at bigint not null,
    tries bigint not null,
    primary key (name, starts_at),
    key attempt_ends_at (ends_at)
) engine = innodb default character set utf8mb4 collate utf8mb4_bin;

create table if not exists claim (
    account binary(16) not null,
    name binary(32) not null,
    body binary(32) not null,
    seed binary(16) not null,
    claimed_at bigint not null,
    -- 0 while it is being answered, -1 when it was given back.
    status bigint not null,
    headers longtext not null,
    answer longblob not null,
    primary key (account, name),
    key claim_claimed_at (claimed_at)
) engine = innodb default character set utf8mb4 collate utf8mb4_bin;

create table if not exists once (
    organisation binary(16) not null,
    id binary(16) not null,
    at bigint not null,
    primary key (organisation, id),
    key once_at (at)
) engine = innodb default character set utf8mb4 collate utf8mb4_bin;
