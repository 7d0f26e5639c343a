//! A setting: its name, what it means, its default, and how a value from a file or the environment becomes one.

use serde::{Serialize, de::DeserializeOwned};
use toml::Value;

/// What is known of a setting before any value is read.
#[derive(Clone, Debug)]
pub(crate) struct Setting {
    /// Its name in its section.
    pub(crate) key: &'static str,
    /// What it means, in sentences.
    pub(crate) doc: &'static str,
    /// What holds when nobody says otherwise.
    pub(crate) default: Value,
    /// Whether it may hold a secret: printed as `***`, and readable from a file by its `_file` twin.
    pub(crate) secret: bool,
}

/// A table of the configuration file.
pub(crate) trait Section: Default {
    /// Its name.
    const KEY: &'static str;
    /// What it is for.
    const DOC: &'static str;

    /// Its settings in the order they are printed.
    fn settings() -> Vec<Setting>;

    /// Takes a value; `Err` says what would fit. `key` is one of `settings()`.
    fn set(&mut self, key: &str, value: Value) -> Result<(), String>;

    /// The value that holds now.
    fn get(&self, key: &str) -> Option<Value>;
}

/// Reads a value of whatever type the setting has.
pub(super) fn read<T: DeserializeOwned>(value: Value) -> Result<T, String> {
    value.try_into().map_err(|error: toml::de::Error| error.message().to_owned())
}

/// Writes a value as the configuration file would have it.
pub(super) fn write<T: Serialize>(value: &T) -> Value {
    Value::try_from(value).unwrap_or_else(|_| Value::String(String::new()))
}

/// One struct and its settings, from one list.
macro_rules! section {
    (
        $(#[doc = $doc:literal])+
        $name:ident = $table:literal {
            $( $(#[doc = $text:literal])+ $(@$secret:ident)? $field:ident : $type:ty = $default:expr ),* $(,)?
        }
    ) => {
        $(#[doc = $doc])+
        #[derive(Clone, Debug, PartialEq)]
        pub(crate) struct $name {
            $( $(#[doc = $text])+ pub(crate) $field: $type, )*
        }

        impl Default for $name {
            fn default() -> Self {
                Self { $( $field: $default, )* }
            }
        }

        impl $crate::config::setting::Section for $name {
            const KEY: &'static str = $table;
            const DOC: &'static str = concat!($($doc, "\n"),+);

            fn settings() -> Vec<$crate::config::setting::Setting> {
                let default = Self::default();
                vec![$( $crate::config::setting::Setting {
                    key: stringify!($field),
                    doc: concat!($($text, "\n"),+),
                    default: $crate::config::setting::write(&default.$field),
                    secret: !concat!($( stringify!($secret), )? "").is_empty(),
                }, )*]
            }

            fn set(&mut self, key: &str, value: toml::Value) -> Result<(), String> {
                match key {
                    $( stringify!($field) => self.$field = $crate::config::setting::read(value)?, )*
                    _ => return Err(format!("{key} is no setting of [{}]", $table)),
                }
                Ok(())
            }

            fn get(&self, key: &str) -> Option<toml::Value> {
                match key {
                    $( stringify!($field) => Some($crate::config::setting::write(&self.$field)), )*
                    _ => None,
                }
            }
        }
    };
}
pub(super) use section;
