//! A person's picture, or their initials on a quiet colour of their own.
//! It is decoration: the name stands beside it, or in the control around it.

use crate::live::Draw;
use crate::live::live;
use leptos::prelude::*;

/// Up to two initials of a name, or the last two digits of a numbered one.
#[must_use]
pub fn initials(name: &str) -> String {
    // Visitors are told apart by the end of their number.
    if let Some(number) = name.split_whitespace().next_back().filter(|word| word.bytes().all(|byte| byte.is_ascii_digit())) {
        return number[number.len().saturating_sub(2)..].to_owned();
    }
    let mut words = name.split_whitespace().filter_map(|word| word.chars().find(|c| !c.is_ascii() || c.is_ascii_alphanumeric()));
    let first = words.next();
    let last = words.next_back();
    crate::upper(&first.into_iter().chain(last).collect::<String>())
}

/// One of eight colours, always the same for the same text.
#[must_use]
pub fn hue(text: &str) -> u32 {
    text.bytes().fold(7_u32, |sum, byte| sum.wrapping_mul(31).wrapping_add(u32::from(byte))) % 8
}

/// A round avatar.
#[component]
pub fn Avatar(
    /// Whose.
    #[prop(into)]
    name: Signal<String>,
    /// Address of the picture, if there is one.
    #[prop(optional, into)]
    photo: Signal<Option<String>>,
    /// Class that sets its size: `small`, `medium`, `large`.
    #[prop(default = "medium")]
    size: &'static str,
) -> impl IntoView {
    let shade = move || name.with(|name| hue(name).to_string());
    view! {
        <span class="avatar" data-size=size data-hue=shade aria-hidden="true">
            {live(move || match photo.get() {
                Some(address) => view! { <img class="avatar__photo" src=address alt="" loading="lazy" decoding="async"/> }.any(),
                None => {
                    let text = name.with(|name| initials(name));
                    if text.is_empty() {
                        crate::Icon::USER_ROUND.view()
                    } else {
                        // Drawn by the stylesheet: initials are no text that a control's name would have to repeat (WCAG 2.5.3).
                        view! { <span class="avatar__initials" data-text=text></span> }.any()
                    }
                }
            })}
        </span>
    }
    .any()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn initials_take_the_first_and_the_last_name() {
        assert_eq!(initials("Maria da Silva"), "MS");
        assert_eq!(initials("émile"), "É");
        assert_eq!(initials("Visitante 10001"), "01");
        assert_eq!(initials("  "), "");
    }
}
