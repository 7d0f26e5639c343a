-- The article's MySQL: what is asked for by key or in order has an index, what is only shown is text.
create table organisation (
  id char(36) character set ascii collate ascii_bin not null primary key,
  name varchar(255) not null,
  details longtext not null,
  created_at datetime(3) not null,
  revision varchar(64) character set ascii not null
);
create table account (
  id char(36) character set ascii collate ascii_bin not null primary key,
  organisation char(36) character set ascii collate ascii_bin not null,
  email varchar(254) not null unique,
  password varchar(255) character set ascii not null
);
create table contact (
  id char(36) character set ascii collate ascii_bin not null primary key,
  organisation char(36) character set ascii collate ascii_bin not null,
  book char(36) character set ascii collate ascii_bin not null,
  kind varchar(32) not null,
  uid varchar(255) not null,
  revision varchar(64) character set ascii not null,
  modseq bigint not null,
  name text not null,
  name_family_first text,
  sort_given varchar(1024) character set ascii collate ascii_bin not null,
  sort_family varchar(1024) character set ascii collate ascii_bin not null,
  sort_company varchar(1024) character set ascii collate ascii_bin not null,
  emails text not null,
  phones text not null,
  company text,
  title text,
  labels text not null,
  starred tinyint(1) not null,
  hidden tinyint(1) not null,
  photo varchar(64),
  created_at datetime(3) not null,
  updated_at datetime(3) not null,
  deleted_at datetime(3),
  card longtext not null,
  key contact_by_given (organisation, sort_given, id)
);
