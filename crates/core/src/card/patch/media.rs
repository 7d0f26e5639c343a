//! A photo, logo, sound or key changed.

use super::{Patch, typed};
use crate::{
    Result,
    card::{Change, label::Labelled, model::Resource, write::contact},
};

impl Patch<'_> {
    /// PHOTO and its like. A new photo takes the old one's crop and hash with it.
    pub(super) fn media(&mut self, field: &'static str, change: &Change) -> Result<()> {
        let version = self.version();
        let (before, mut after) =
            (typed::<Resource>(change.before.as_ref())?, typed::<Resource>(change.after.as_ref())?);
        let same = matches!((&before, &after), (Some(old), Some(new)) if old.uri == new.uri);
        if let Some(after) = after.as_mut().filter(|_| !same) {
            if let Some(uri) = self.blobs.get(&after.uri) {
                after.uri.clone_from(uri);
            } else if after.uri.starts_with("rolo:blob:") {
                return Err(crate::Error::invalid(
                    format!("/card/{}", change.path),
                    "This photo is not part of this contact. Send it whole.",
                ));
            }
        }
        if !same && field == "media" && before.as_ref().is_some_and(|old| old.kind.as_deref() == Some("photo")) {
            self.forget_crop();
        }
        let change = Change {
            after: after.map(serde_json::to_value).transpose().map_err(crate::Error::internal)?,
            ..change.clone()
        };
        if same
            && before.as_ref().map(|old| &old.media_type)
                != typed::<Resource>(change.after.as_ref())?.as_ref().map(|new| &new.media_type)
        {
            // The octets say what they are: a media type alone changes nothing.
            let mut only = typed::<Resource>(change.after.as_ref())?;
            if let (Some(new), Some(old)) = (&mut only, &before) {
                new.media_type.clone_from(&old.media_type);
            }
            if only == before {
                return Ok(());
            }
        }
        self.member(field, &change, Some(Labelled::Plain), |one: &Resource, _| {
            Some(contact::media(one, field, version))
        })?;
        Ok(())
    }

    fn forget_crop(&mut self) {
        let lines: Vec<usize> = self.sheet.card.lexed.properties().map(|property| property.index).collect();
        for line in lines {
            let name = self.sheet.name(line);
            if matches!(name.as_str(), "X-ABCROP-RECTANGLE" | "X-IMAGEHASH" | "X-IMAGETYPE") {
                self.sheet.delete(line);
            } else if matches!(name.as_str(), "PHOTO") {
                let gone = |param: &Vec<u8>| {
                    let upper = param.to_ascii_uppercase();
                    upper.starts_with(b"X-ABCROP-RECTANGLE=")
                        || upper.starts_with(b"VND-")
                        || upper.starts_with(b"X-IMAGE")
                };
                if self.sheet.line(line).params.iter().any(gone) {
                    self.sheet.line(line).params.retain(|param| !gone(param));
                }
            }
        }
    }
}
