//! The pages of the settings as they are offered: in their index and in the palette. What stands on them is theirs.

use crate::routes::Section;
use crate::store::Store;
use kit::Icon;
use kit::i18n::{Text, text};
use model::Permission;

/// A page of the settings.
pub struct Offered {
    /// Which.
    pub section: Section,
    /// Its picture.
    pub icon: Icon,
    /// Its name.
    pub title: Text,
    /// What it stands under.
    pub group: Text,
    /// What one must be allowed to be offered it.
    needs: Option<Permission>,
}

const fn offered(section: Section, icon: Icon, title: Text, group: Text) -> Offered {
    Offered { section, icon, title, group, needs: None }
}

/// As `offered`, to whoever manages inboxes.
const fn managed(section: Section, icon: Icon, title: Text, group: Text) -> Offered {
    Offered { section, icon, title, group, needs: Some(Permission::ManageInboxes) }
}

static SECTIONS: [Offered; 13] = {
    use text::{SETTINGS_GROUP_ACCOUNT, SETTINGS_GROUP_CHANNELS, SETTINGS_GROUP_DESK, SETTINGS_GROUP_TEAM, SETTINGS_GROUP_YOU};
    [
        offered(Section::Account, Icon::BUILDING, text::SETTINGS_ACCOUNT, SETTINGS_GROUP_ACCOUNT),
        offered(Section::Agents, Icon::USERS, text::SETTINGS_AGENTS, SETTINGS_GROUP_TEAM),
        offered(Section::Teams, Icon::USER_PLUS, text::SETTINGS_TEAMS, SETTINGS_GROUP_TEAM),
        offered(Section::Labels, Icon::TAG, text::SETTINGS_LABELS, SETTINGS_GROUP_DESK),
        offered(Section::Attributes, Icon::LIST_CHECKS, text::ATTRIBUTES_TITLE, SETTINGS_GROUP_DESK),
        offered(Section::Canned, Icon::MESSAGE_SQUARE_TEXT, text::SETTINGS_CANNED, SETTINGS_GROUP_DESK),
        offered(Section::Macros, Icon::ZAP, text::SETTINGS_MACROS, SETTINGS_GROUP_DESK),
        offered(Section::Inboxes, Icon::INBOX, text::SETTINGS_INBOXES, SETTINGS_GROUP_CHANNELS),
        managed(Section::Bots, Icon::BOT, text::BOTS_TITLE, SETTINGS_GROUP_CHANNELS),
        managed(Section::Webhooks, Icon::LINK, text::WEBHOOKS_TITLE, SETTINGS_GROUP_CHANNELS),
        offered(Section::Profile, Icon::USER_ROUND, text::SETTINGS_PROFILE, SETTINGS_GROUP_YOU),
        offered(Section::Preferences, Icon::BELL, text::SETTINGS_PREFERENCES, SETTINGS_GROUP_YOU),
        offered(Section::Help(None), Icon::BOOK_OPEN, text::HELP_TITLE, SETTINGS_GROUP_YOU),
    ]
};

impl Offered {
    /// Whether a page is this one, or below it.
    #[must_use]
    pub fn holds(&self, section: &Section) -> bool {
        match section {
            Section::NewInbox(_) | Section::Inbox(..) => self.section == Section::Inboxes,
            Section::Help(_) => matches!(self.section, Section::Help(_)),
            other => self.section == *other,
        }
    }
}

/// What the reader is offered, in order.
pub fn sections(store: Store) -> impl Iterator<Item = &'static Offered> {
    SECTIONS.iter().filter(move |one| one.needs.is_none_or(|needs| store.may(needs)))
}

/// What the page a section belongs to is called, whoever asks.
#[must_use]
pub fn section_title(section: &Section) -> Text {
    SECTIONS.iter().find(|one| one.holds(section)).map_or(text::SETTINGS_TITLE, |one| one.title)
}
