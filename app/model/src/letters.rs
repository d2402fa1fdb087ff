//! Upper and lower case, and words as one looks for them. In a browser its own tables do it: Rust's would cost fourteen kilobytes.

/// In small letters.
#[must_use]
pub fn lower(text: &str) -> String {
    #[cfg(target_family = "wasm")]
    return js_sys::JsString::from(text).to_lower_case().into();
    #[cfg(not(target_family = "wasm"))]
    return text.to_lowercase();
}

/// In capital letters.
#[must_use]
pub fn upper(text: &str) -> String {
    #[cfg(target_family = "wasm")]
    return js_sys::JsString::from(text).to_upper_case().into();
    #[cfg(not(target_family = "wasm"))]
    return text.to_uppercase();
}

/// A small letter without its accent, in the languages of those who write here.
#[must_use]
pub const fn bare(letter: char) -> char {
    match letter {
        'á' | 'à' | 'â' | 'ã' | 'ä' | 'å' => 'a',
        'é' | 'è' | 'ê' | 'ë' => 'e',
        'í' | 'ì' | 'î' | 'ï' => 'i',
        'ó' | 'ò' | 'ô' | 'õ' | 'ö' => 'o',
        'ú' | 'ù' | 'û' | 'ü' => 'u',
        'ç' => 'c',
        'ñ' => 'n',
        other => other,
    }
}

/// Whether a name made of one word may have it: letters and digits of any script, `-` and `_`.
#[must_use]
pub fn is_word(letter: char) -> bool {
    #[cfg(target_family = "wasm")]
    return !letter.is_ascii() || letter.is_ascii_alphanumeric() || matches!(letter, '-' | '_'); // the server judges the rest
    #[cfg(not(target_family = "wasm"))]
    return letter.is_alphanumeric() || matches!(letter, '-' | '_');
}
