//! The policy itself: edit here, with a reason.

/// Licences that may be linked into a program under Apache-2.0 OR MIT. MPL-2.0 binds only the files it covers.
pub(crate) const LICENCES: &[&str] = &[
    "0BSD",
    "Apache-2.0",
    "BSD-2-Clause",
    "BSD-3-Clause",
    "BSL-1.0",
    "CC0-1.0",
    "CDLA-Permissive-2.0",
    "ISC",
    "MIT",
    "MIT-0",
    "MPL-2.0",
    "Unicode-3.0",
    "Unlicense",
    "Zlib",
];

/// Crates that may not be in the tree, and why. A `*` stands for any end.
pub(crate) const BANNED: &[(&str, &str)] = &[
    ("openssl", "TLS is rustls with ring: one provider, and nothing of the system's"),
    ("openssl-s*", "TLS is rustls with ring: one provider, and nothing of the system's"),
    ("native-tls*", "TLS is rustls with ring: one provider, and nothing of the system's"),
    ("aws-lc-*", "a second crypto provider, in C, that wants cmake"),
    ("boring*", "a second crypto provider, in C++, that wants cmake"),
    ("cmake", "cmake is not on a fresh machine"),
    ("bindgen", "libclang is not on a fresh machine"),
    ("prost-build", "protoc is not on a fresh machine"),
    ("protobuf-src", "protoc is not on a fresh machine"),
    ("curl-sys", "one HTTP client, and it speaks rustls"),
    ("ort-sys", "a build downloads nothing"),
];

/// The oldest version that may be in the tree, where an older one is known to be wrong.
pub(crate) const FLOORS: &[(&str, &str, &str)] = &[
    ("bytes", "1.11.1", "an overflow in BytesMut::reserve"),
    ("h2", "0.4.17", "floods of empty frames, and a panic on absurd headers"),
    ("libsqlite3-sys", "0.39.1", "bundles SQLite 3.54; before 3.51.3 resetting the log could damage the file"),
    ("quick-xml", "0.41.0", "quadratic work on attributes, and a flood of namespaces"),
    ("rustls-webpki", "0.103.13", "name constraints, and a panic on revocation lists"),
    ("sqlx", "0.8.1", "a value over 4 GiB becomes part of the protocol"),
    ("time", "0.3.47", "mail dates that overflow the stack"),
    ("zip", "2.3.0", "entries that leave the folder they are unpacked in"),
];

/// Crates of which a second version would split types, pools or the TLS set-up in two.
pub(crate) const ONCE: &[&str] = &["axum", "http", "hyper", "ring", "rustls", "tokio"];

/// What stands against a rule for a reason: (rule, crate, reason). One that is no longer needed fails the test.
pub(crate) const EXCEPTIONS: &[(&str, &str, &str)] =
    &[("ban", "prost-build", "rlibphonenumber's build reads its two files with protox, in Rust: protoc is never run")];
