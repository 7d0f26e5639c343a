//! When two companies are the same company.

use unicode_normalization::UnicodeNormalization;

use crate::search::fold::{Part, words};

/// Legal forms, folded: what stands behind (or, in some languages, before) the name and does not tell companies apart.
const LEGAL_FORMS: [&[&str]; 82] = [
    &["inc"],
    &["incorporated"],
    &["corp"],
    &["corporation"],
    &["co"],
    &["company"],
    &["ltd"],
    &["limited"],
    &["llc"],
    &["l", "l", "c"],
    &["llp"],
    &["l", "l", "p"],
    &["lp"],
    &["plc"],
    &["p", "l", "c"],
    &["pllc"],
    &["pc"],
    &["pty"],
    &["pvt"],
    &["private"],
    &["gmbh"],
    &["gesmbh"],
    &["ges", "m", "b", "h"],
    &["g", "m", "b", "h"],
    &["mbh"],
    &["ag"],
    &["a", "g"],
    &["kg"],
    &["kgaa"],
    &["ohg"],
    &["og"],
    &["gbr"],
    &["ug"],
    &["e", "v"],
    &["ev"],
    &["eg"],
    &["e", "k"],
    &["ek"],
    &["e", "u"],
    &["se"],
    &["sa"],
    &["s", "a"],
    &["sas"],
    &["s", "a", "s"],
    &["sasu"],
    &["sarl"],
    &["s", "a", "r", "l"],
    &["sci"],
    &["sl"],
    &["s", "l"],
    &["slu"],
    &["srl"],
    &["s", "r", "l"],
    &["spa"],
    &["s", "p", "a"],
    &["snc"],
    &["ltda"],
    &["lda"],
    &["sa", "de", "cv"],
    &["s", "a", "de", "c", "v"],
    &["bv"],
    &["b", "v"],
    &["nv"],
    &["n", "v"],
    &["bvba"],
    &["ab"],
    &["as"],
    &["a", "s"],
    &["aps"],
    &["oy"],
    &["oyj"],
    &["sp", "z", "o", "o"],
    &["s", "r", "o"],
    &["sro"],
    &["kft"],
    &["zrt"],
    &["doo"],
    &["d", "o", "o"],
    &["ооо"],
    &["оао"],
    &["зао"],
    &["пао"],
];

/// The same in scripts without spaces, cut off the written text before folding.
const UNSPACED_FORMS: [&str; 13] = [
    "株式会社",
    "有限会社",
    "合同会社",
    "合資会社",
    "(株)",
    "(有)",
    "股份有限公司",
    "有限责任公司",
    "有限公司",
    "주식회사",
    "유한회사",
    "(주)",
    "公司",
];

/// What a company is compared by: its folded words without the legal form (`Lee & Co. Ltd.` = `LEE`).
///
/// `None` when nothing is left to compare. A name made of nothing but legal forms keeps them.
pub fn company_key(name: &str) -> Option<String> {
    let name: String = name.nfkc().collect();
    let name = name.trim();
    let bare = UNSPACED_FORMS.iter().find_map(|form| name.strip_prefix(form).or_else(|| name.strip_suffix(form)));
    let words = written(bare.map(str::trim).filter(|rest| !rest.is_empty()).unwrap_or(name));
    let mut rest = words.as_slice();
    while let Some(shorter) = without_form(rest) {
        rest = shorter;
    }
    (!rest.is_empty()).then(|| rest.join(" "))
}

/// The words in one spelling each: a company is compared by equality, so `Müller` takes the spelling without `e`.
fn written(name: &str) -> Vec<String> {
    let parts = words(name).into_iter().flat_map(|word| word.parts);
    parts
        .map(|part| match part {
            Part::Letters(spellings) => spellings.into_iter().next().unwrap_or_default(),
            Part::Cjk(run) => run,
        })
        .collect()
}

fn without_form(words: &[String]) -> Option<&[String]> {
    LEGAL_FORMS.iter().filter(|form| form.len() < words.len()).find_map(|form| {
        let (name, end) = words.split_at(words.len() - form.len());
        let (start, rest) = words.split_at(form.len());
        // Only Russian and Swedish forms lead, as a rule; single letters in front are initials.
        let leads = form.len() == 1 && matches!(form[0], "ооо" | "оао" | "зао" | "пао" | "ab");
        if end.iter().eq(form.iter()) {
            Some(name)
        } else if leads && start.iter().eq(form.iter()) {
            Some(rest)
        } else {
            None
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_legal_form_does_not_tell_companies_apart() {
        for same in [
            ["Lee & Co. Ltd.", "LEE"],
            ["Müller GmbH & Co. KG", "müller"],
            ["Exemplo, S.A. de C.V.", "Exemplo"],
            ["株式会社サンプル", "サンプル(株)"],
            ["㈱サンプル", "サンプル"],
            ["ООО Ромашка", "Ромашка"],
            ["Beispiel AG", "Beispiel a.g."],
            ["示例有限公司", "示例"],
        ] {
            assert_eq!(company_key(same[0]), company_key(same[1]), "{same:?}");
        }
        assert_ne!(company_key("Lee Bakery"), company_key("Lee Butchery"));
    }

    #[test]
    fn a_name_is_never_emptied() {
        assert_eq!(company_key("Limited"), Some("limited".into()));
        assert_eq!(company_key("有限公司"), Some("有限公司".into()));
        assert_eq!(company_key(" –  "), None);
    }
}
