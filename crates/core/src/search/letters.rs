//! Which letter is written like which: the tables behind folding (`card-map.md` §6 "Names").
//!
//! The TypeScript twin is `web/src/search/fold.ts`; `fixtures/folding.json` holds both to the same answers.

/// What is typed between the letters of one word and is not heard: dropped before anything else, because NFKC would turn
/// some of them into a space and a mark.
pub(super) fn is_dropped(c: char) -> bool {
    matches!(c,
        '\'' | '`' | '´' | '‘' | '’' | '‛' | 'ʹ' | 'ʻ' | 'ʼ' | 'ʽ' | 'ˊ' | 'ˋ' | '′' | '＇' | '׳' | '״'
        // Soft hyphen, joiners, direction marks, variation selectors: invisible. Then the Arabic stretching stroke.
        | '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{180b}'..='\u{180f}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}'
        | '\u{2060}'..='\u{206f}' | '\u{fe00}'..='\u{fe0f}' | '\u{feff}' | '\u{e0000}'..='\u{e0fff}' | 'ـ'
    )
}

/// What joins two halves of one name.
pub(super) fn is_hyphen(c: char) -> bool {
    matches!(c, '-' | '‐' | '‑' | '‒' | '–' | '﹣' | '－' | '֊' | '־' | '゠')
}

/// Whether the marks on this letter are an accent that people leave out. In Indic, Thai and other scripts marks are vowels.
pub(super) fn has_loose_marks(c: char) -> bool {
    matches!(u32::from(c),
        0x00..=0x24f | 0x250..=0x2af | 0x1d00..=0x1dbf | 0x1e00..=0x1eff | 0x2c60..=0x2c7f | 0xa720..=0xa7ff | 0xab30..=0xab6f // Latin
        | 0x370..=0x3ff | 0x1f00..=0x1fff // Greek
        | 0x400..=0x52f | 0x1c80..=0x1c8f | 0x2de0..=0x2dff | 0xa640..=0xa69f // Cyrillic
        | 0x590..=0x5ff | 0xfb1d..=0xfb4f // Hebrew
        | 0x600..=0x6ff | 0x750..=0x77f | 0x870..=0x8ff) // Arabic
}

/// Scripts written without spaces whose words are short: searched by one and two letters.
pub(crate) fn is_cjk(c: char) -> bool {
    matches!(u32::from(c),
        0x3005..=0x3007 | 0x3041..=0x3096 | 0x309d..=0x309f | 0x30a1..=0x30fa | 0x30fc..=0x30ff | 0x31f0..=0x31ff // signs, kana
        | 0x2e80..=0x2fdf | 0x3400..=0x4dbf | 0x4e00..=0x9fff | 0xf900..=0xfaff | 0x20000..=0x323af // Han
        | 0x1100..=0x11ff | 0x3131..=0x318e | 0xa960..=0xa97f | 0xac00..=0xd7ff // Hangul
        | 0x3105..=0x312f | 0x31a0..=0x31bf) // Bopomofo
}

/// A letter that has a plain spelling of its own, after case folding and without its marks.
pub(super) fn plain(c: char) -> Option<&'static str> {
    Some(match c {
        'æ' => "ae",
        'œ' => "oe",
        'ø' => "o",
        'ł' => "l",
        'đ' | 'ð' => "d",
        'þ' => "th",
        'ħ' => "h",
        'ŧ' => "t",
        'ŋ' => "n",
        'ı' => "i",
        'ς' => "σ",
        'ٱ' => "ا",
        'ى' | 'ی' => "ي",
        'ة' => "ه",
        'ک' => "ك",
        _ => return None,
    })
}

/// German spelling: ä is `ae` to some and `a` to others, so both are kept.
pub(super) fn german(c: char) -> Option<&'static str> {
    Some(match c {
        'ä' => "ae",
        'ö' => "oe",
        'ü' => "ue",
        _ => return None,
    })
}

/// Katakana as hiragana; the long mark `ー` stays.
pub(super) fn hiragana(c: char) -> char {
    match u32::from(c) {
        code @ (0x30a1..=0x30f6 | 0x30fd..=0x30fe) => char::from_u32(code - 0x60).unwrap_or(c),
        _ => c,
    }
}

/// Where each script's decimal digits begin (Unicode 17, general category Nd); nine more follow.
const ZEROS: [u32; 71] = [
    0x30, 0x660, 0x6f0, 0x7c0, 0x966, 0x9e6, 0xa66, 0xae6, 0xb66, 0xbe6, 0xc66, 0xce6, 0xd66, 0xde6, 0xe50, 0xed0,
    0xf20, 0x1040, 0x1090, 0x17e0, 0x1810, 0x1946, 0x19d0, 0x1a80, 0x1a90, 0x1b50, 0x1bb0, 0x1c40, 0x1c50, 0xa620,
    0xa8d0, 0xa900, 0xa9d0, 0xa9f0, 0xaa50, 0xabf0, 0xff10, 0x104a0, 0x10d30, 0x10d40, 0x11066, 0x110f0, 0x11136,
    0x111d0, 0x112f0, 0x11450, 0x114d0, 0x11650, 0x116c0, 0x116d0, 0x116da, 0x11730, 0x118e0, 0x11950, 0x11bf0,
    0x11c50, 0x11d50, 0x11da0, 0x11de0, 0x11f50, 0x16130, 0x16a60, 0x16ac0, 0x16b50, 0x16d70, 0x1ccf0, 0x1d7ce,
    0x1e140, 0x1e2f0, 0x1e4f0, 0x1e950,
];

/// The ASCII digit of a decimal digit in any script.
pub(crate) fn digit(c: char) -> Option<char> {
    if c.is_ascii() {
        return c.is_ascii_digit().then_some(c);
    }
    let code = u32::from(c);
    let zero = ZEROS[ZEROS.partition_point(|&zero| zero <= code) - 1];
    char::from_digit(code - zero, 10)
}
