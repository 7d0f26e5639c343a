//! "Firefox on Linux": what a browser calls itself, in words its owner knows.

/// First fit wins: most browsers also say the names of those they descend from.
const BROWSERS: [(&str, &str); 8] = [
    ("Edg/", "Edge"),
    ("OPR/", "Opera"),
    ("SamsungBrowser/", "Samsung Internet"),
    ("Firefox/", "Firefox"),
    ("FxiOS/", "Firefox"),
    ("Chrome/", "Chrome"),
    ("CriOS/", "Chrome"),
    ("Safari/", "Safari"),
];
const SYSTEMS: [(&str, &str); 7] = [
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Android", "Android"),
    ("Windows", "Windows"),
    ("Mac OS X", "Mac"),
    ("CrOS", "ChromeOS"),
    ("Linux", "Linux"),
];

/// What a `User-Agent` is called.
pub(super) fn of(agent: &str) -> String {
    let fit =
        |names: &[(&str, &'static str)]| names.iter().find(|(sign, _)| agent.contains(sign)).map(|(_, name)| *name);
    match (fit(&BROWSERS), fit(&SYSTEMS)) {
        (Some(browser), Some(system)) => format!("{browser} on {system}"),
        (Some(name), None) | (None, Some(name)) => name.to_owned(),
        (None, None) => match agent.split(['/', ' ']).next().unwrap_or("") {
            "" => "A browser".to_owned(),
            program => program.chars().take(40).collect(),
        },
    }
}

#[cfg(test)]
mod tests {
    use super::of;

    #[test]
    fn a_browser_is_called_as_its_owner_calls_it() {
        let chrome = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/141.0.0.0 Safari/537.36";
        assert_eq!(of(chrome), "Chrome on Windows");
        assert_eq!(of(&format!("{chrome} Edg/141.0")), "Edge on Windows");
        assert_eq!(of("Mozilla/5.0 (X11; Linux x86_64; rv:144.0) Gecko/20100101 Firefox/144.0"), "Firefox on Linux");
        let phone = "Mozilla/5.0 (iPhone; CPU iPhone OS 19_0 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/19.0 Mobile/15E148 Safari/604.1";
        assert_eq!(of(phone), "Safari on iPhone");
        assert_eq!(of("curl/8.14.1"), "curl");
        assert_eq!(of(""), "A browser");
    }
}
