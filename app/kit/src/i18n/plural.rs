//! Which plural form a number takes, by the CLDR rules of the languages we speak. It chooses a form and formats nothing.

use model::Language;

/// A CLDR plural category, as far as our languages have them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Category {
    /// "1 conversa"; in Portuguese also zero.
    One,
    /// "1 milhão de conversas".
    Many,
    /// Everything else.
    Other,
}

/// The category of a number. A fraction counts as written with its digits.
#[must_use]
pub fn category(language: Language, number: f64) -> Category {
    let size = number.abs();
    let whole = size.trunc();
    let fraction = size > whole;
    match language {
        Language::English if whole == 1.0 && !fraction => Category::One,
        Language::English => Category::Other,
        Language::Portuguese if whole <= 1.0 => Category::One,
        Language::Portuguese if !fraction && whole % 1e6 == 0.0 => Category::Many,
        Language::Portuguese => Category::Other,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn portuguese_counts_zero_as_one_and_millions_as_many() {
        let of = |n| category(Language::Portuguese, n);
        assert_eq!([of(0.0), of(1.0), of(1.5)], [Category::One; 3]);
        assert_eq!([of(2.0), of(100.0), of(1_000_001.0), of(1e6 + 0.5)], [Category::Other; 4]);
        assert_eq!([of(1e6), of(2e6)], [Category::Many; 2]);
    }

    #[test]
    fn english_knows_one_and_other() {
        let of = |n| category(Language::English, n);
        assert_eq!([of(1.0), of(-1.0)], [Category::One; 2]);
        assert_eq!([of(0.0), of(2.0), of(1.5), of(1e6)], [Category::Other; 4]);
    }
}
