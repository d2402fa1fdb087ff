//! Who is signed in, and what they set about themselves, as signals.
//! The session itself is a cookie that no script sees.

use crate::shell::theme_name;
use crate::store::ask;
use crate::store::habits::keep_habits;
use api::Fault;
use kit::effect;
use kit::i18n::Locale;
use leptos::prelude::*;
use model::{AccountId, MembershipView, ProfileDraft, SendKey, SessionView};

/// The signed-in person, in context.
#[derive(Clone, Copy, Debug)]
pub struct Me {
    session: RwSignal<Option<SessionView>>,
    locale: Locale,
}

impl Me {
    /// Puts nobody into context; a page that knows better calls [`Me::set`].
    pub fn provide() -> Self {
        let me = Self { session: RwSignal::new(None), locale: Locale::current() };
        provide_context(me);
        effect(move || {
            let theme = me.session.with(|session| {
                session.as_ref().map(|session| {
                    keep_habits(&session.habits);
                    session.theme
                })
            });
            if let (Some(theme), Some(html)) = (theme, document().document_element()) {
                // The attribute's name is valid, so this cannot fail.
                let _ = html.set_attribute("data-theme", theme_name(theme));
            }
        });
        me
    }

    /// The signed-in person. Call it while a component is made.
    #[must_use]
    pub fn current() -> Self {
        use_context().unwrap_or_else(|| Self { session: RwSignal::new(None), locale: Locale::current() })
    }

    /// Takes over a session as the server gave it.
    pub fn set(self, session: SessionView) {
        self.locale.set(session.language);
        self.session.set(Some(session));
    }

    /// Reads something of the session, tracked; the default while nobody is signed in.
    pub fn read<T: Default>(self, read: impl FnOnce(&SessionView) -> T) -> T {
        self.session.with(|session| session.as_ref().map(read).unwrap_or_default())
    }

    /// The session, untracked.
    #[must_use]
    pub fn now(self) -> Option<SessionView> {
        self.session.get_untracked()
    }

    /// The person's place in an account, tracked.
    #[must_use]
    pub fn membership(self, account: AccountId) -> Option<MembershipView> {
        self.read(|session| session.accounts.iter().find(|member| member.account == account).cloned())
    }

    /// Shows an account under its new name.
    pub fn rename(self, account: AccountId, name: &str) {
        self.session.update(|session| {
            let accounts = session.iter_mut().flat_map(|session| session.accounts.iter_mut());
            for member in accounts.filter(|member| member.account == account) {
                name.clone_into(&mut member.name);
            }
        });
    }

    /// Whether Enter alone sends, untracked.
    #[must_use]
    pub fn enter_sends(self) -> bool {
        self.session.with_untracked(|session| session.as_ref().is_none_or(|session| session.send_key == SendKey::Enter))
    }

    /// Changes what the person set about themselves; shown at once, taken back on refusal.
    ///
    /// # Errors
    /// What the server refused.
    pub async fn change(self, draft: ProfileDraft) -> Result<(), Fault> {
        let before = self.now();
        if let Some(mut session) = before.clone() {
            session.name = draft.name.clone().unwrap_or(session.name);
            session.language = draft.language.unwrap_or(session.language);
            session.theme = draft.theme.unwrap_or(session.theme);
            session.send_key = draft.send_key.unwrap_or(session.send_key);
            session.compact = draft.compact.unwrap_or(session.compact);
            session.habits = draft.habits.clone().unwrap_or(session.habits);
            self.set(session);
        }
        match ask(api::UpdateProfile { draft }).await {
            Ok(session) => {
                self.set(session);
                Ok(())
            }
            Err(fault) => {
                if let Some(session) = before {
                    self.set(session);
                }
                Err(fault)
            }
        }
    }

    /// Changes the availability shown in one account.
    pub fn set_availability(self, account: AccountId, availability: model::Availability) {
        self.session.update(|session| {
            let members = session.iter_mut().flat_map(|session| session.accounts.iter_mut());
            for member in members.filter(|member| member.account == account) {
                member.availability = availability;
            }
        });
    }
}
