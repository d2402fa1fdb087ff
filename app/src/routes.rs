//! What the addresses mean: the places inside an account, the list's filter in the query, and where `next` may lead.
//! It draws nothing; every link is made from a [`Place`].

use model::{AccountId, ContactId, FolderId, InboxId, LabelId, ListFilter, ListOrder, MessageId, StatusKind, Tab, TeamId};

/// A place inside an account, by its address.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Place {
    /// The conversations, perhaps of one inbox, perhaps with one open.
    Conversations {
        /// Only this inbox.
        inbox: Option<InboxId>,
        /// The open one's number.
        number: Option<i64>,
    },
    /// The contacts, perhaps with one open.
    Contacts(Option<ContactId>),
    /// A page of the settings.
    Settings(Section),
    /// Nothing of ours.
    Nowhere,
}

/// A page of the settings.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Section {
    /// The account itself.
    Account,
    /// Its agents.
    Agents,
    /// Its teams.
    Teams,
    /// Its labels.
    Labels,
    /// Its saved replies.
    Canned,
    /// The macros.
    Macros,
    /// Its bots.
    Bots,
    /// Its webhooks.
    Webhooks,
    /// Its inboxes.
    Inboxes,
    /// The channel grid, or the form of one channel.
    NewInbox(Option<String>),
    /// One inbox and the tab shown.
    Inbox(InboxId, InboxTab),
    /// The person's own settings.
    Profile,
    /// What the person is told, their keys and sounds.
    Preferences,
    /// Its custom attributes.
    Attributes,
    /// How the panel is used: all of it, or one part.
    Help(Option<String>),
}

/// The tabs of an inbox's settings, and the two steps after its creation.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum InboxTab {
    /// Its own settings.
    #[default]
    Settings,
    /// Who answers.
    Members,
    /// When they are there.
    Hours,
    /// What visitors are asked first.
    PreChat,
    /// How the widget looks.
    Appearance,
    /// The snippet and what belongs to it.
    Configuration,
    /// The step that adds agents to a new inbox.
    Agents,
    /// The step that hands out the snippet.
    Done,
}

impl InboxTab {
    const ALL: [(Self, &str); 8] = [
        (Self::Settings, "settings"),
        (Self::Members, "collaborators"),
        (Self::Hours, "hours"),
        (Self::PreChat, "prechat"),
        (Self::Appearance, "appearance"),
        (Self::Configuration, "configuration"),
        (Self::Agents, "agents"),
        (Self::Done, "done"),
    ];

    /// Its segment of the address.
    #[must_use]
    pub fn segment(self) -> &'static str {
        Self::ALL.iter().find(|(tab, _)| *tab == self).map_or("settings", |(_, segment)| segment)
    }

    fn parse(segment: &str) -> Option<Self> {
        Self::ALL.iter().find(|(_, name)| *name == segment).map(|(tab, _)| *tab)
    }
}

impl Place {
    /// All conversations, none open.
    #[must_use]
    pub const fn list() -> Self {
        Self::Conversations { inbox: None, number: None }
    }

    /// The place of what follows `/app/accounts/N/`.
    #[must_use]
    pub fn parse(rest: &str) -> Self {
        let segments: Vec<&str> = rest.split('/').filter(|segment| !segment.is_empty()).collect();
        Self::of(&segments).unwrap_or(Self::Nowhere)
    }

    fn of(segments: &[&str]) -> Option<Self> {
        Some(match segments {
            ["conversations"] => Self::list(),
            ["conversations", number] => Self::Conversations { inbox: None, number: Some(number.parse().ok()?) },
            ["inbox", inbox, "conversations"] => Self::Conversations { inbox: Some(inbox.parse().ok()?), number: None },
            ["inbox", inbox, "conversations", number] => {
                Self::Conversations { inbox: Some(inbox.parse().ok()?), number: Some(number.parse().ok()?) }
            }
            ["contacts"] => Self::Contacts(None),
            ["contacts", contact] => Self::Contacts(Some(contact.parse().ok()?)),
            ["settings"] | ["settings", "account"] => Self::Settings(Section::Account),
            ["settings", "agents"] => Self::Settings(Section::Agents),
            ["settings", "teams"] => Self::Settings(Section::Teams),
            ["settings", "labels"] => Self::Settings(Section::Labels),
            ["settings", "canned-responses"] => Self::Settings(Section::Canned),
            ["settings", "macros"] => Self::Settings(Section::Macros),
            ["settings", "bots"] => Self::Settings(Section::Bots),
            ["settings", "webhooks"] => Self::Settings(Section::Webhooks),
            ["settings", "profile"] => Self::Settings(Section::Profile),
            ["settings", "preferences"] => Self::Settings(Section::Preferences),
            ["settings", "custom-attributes"] => Self::Settings(Section::Attributes),
            ["help"] => Self::Settings(Section::Help(None)),
            ["help", topic] => Self::Settings(Section::Help(Some((*topic).to_owned()))),
            ["settings", "inboxes"] => Self::Settings(Section::Inboxes),
            ["settings", "inboxes", "new"] => Self::Settings(Section::NewInbox(None)),
            ["settings", "inboxes", "new", kind] => Self::Settings(Section::NewInbox(Some((*kind).to_owned()))),
            ["settings", "inboxes", inbox] => Self::Settings(Section::Inbox(inbox.parse().ok()?, InboxTab::default())),
            ["settings", "inboxes", inbox, tab] => Self::Settings(Section::Inbox(inbox.parse().ok()?, InboxTab::parse(tab)?)),
            _ => return None,
        })
    }

    /// Its address in an account.
    #[must_use]
    pub fn href(&self, account: AccountId) -> String {
        let rest = match self {
            Self::Conversations { inbox, number } => {
                let scope = inbox.map(|inbox| format!("inbox/{inbox}/")).unwrap_or_default();
                let number = number.map(|number| format!("/{number}")).unwrap_or_default();
                format!("{scope}conversations{number}")
            }
            Self::Contacts(None) => "contacts".to_owned(),
            Self::Contacts(Some(contact)) => format!("contacts/{contact}"),
            Self::Settings(Section::Account) => "settings/account".to_owned(),
            Self::Settings(Section::Agents) => "settings/agents".to_owned(),
            Self::Settings(Section::Teams) => "settings/teams".to_owned(),
            Self::Settings(Section::Labels) => "settings/labels".to_owned(),
            Self::Settings(Section::Canned) => "settings/canned-responses".to_owned(),
            Self::Settings(Section::Macros) => "settings/macros".to_owned(),
            Self::Settings(Section::Bots) => "settings/bots".to_owned(),
            Self::Settings(Section::Webhooks) => "settings/webhooks".to_owned(),
            Self::Settings(Section::Profile) => "settings/profile".to_owned(),
            Self::Settings(Section::Preferences) => "settings/preferences".to_owned(),
            Self::Settings(Section::Attributes) => "settings/custom-attributes".to_owned(),
            Self::Settings(Section::Help(None)) => "help".to_owned(),
            Self::Settings(Section::Help(Some(topic))) => format!("help/{topic}"),
            Self::Settings(Section::Inboxes) => "settings/inboxes".to_owned(),
            Self::Settings(Section::NewInbox(None)) => "settings/inboxes/new".to_owned(),
            Self::Settings(Section::NewInbox(Some(kind))) => format!("settings/inboxes/new/{kind}"),
            Self::Settings(Section::Inbox(inbox, tab)) => format!("settings/inboxes/{inbox}/{}", tab.segment()),
            Self::Nowhere => String::new(),
        };
        format!("/app/accounts/{account}/{rest}")
    }
}

/// The filter that an address describes.
#[must_use]
pub fn filter_of(inbox: Option<InboxId>, value: impl Fn(&str) -> Option<String>) -> ListFilter {
    let usual = ListFilter::default();
    let tab = match value("tab").as_deref() {
        Some("mine") => Tab::Mine,
        Some("unassigned") => Tab::Unassigned,
        Some("all") => Tab::All,
        _ => usual.tab,
    };
    let status = match value("status").as_deref() {
        Some("any") => None,
        Some(name) => StatusKind::ALL.into_iter().find(|kind| status_name(*kind) == name).or(usual.status),
        None => usual.status,
    };
    let id = |name: &str| value(name).and_then(|id| id.parse().ok());
    let order =
        value("order").and_then(|name| ORDERS.into_iter().find(|(_, known)| *known == name)).map_or(usual.order, |(order, _)| order);
    ListFilter { tab, status, inbox, team: id("team").map(TeamId), label: id("label").map(LabelId), order }
}

/// The query that describes a filter and an anchor; empty for the usual ones.
#[must_use]
pub fn query_of(filter: &ListFilter, message: Option<MessageId>) -> String {
    let usual = ListFilter::default();
    let mut parts = Vec::new();
    if filter.tab != usual.tab {
        parts.push(format!("tab={}", tab_name(filter.tab)));
    }
    if filter.status != usual.status {
        parts.push(format!("status={}", filter.status.map_or("any", status_name)));
    }
    parts.extend(filter.team.map(|team| format!("team={team}")));
    parts.extend(filter.label.map(|label| format!("label={label}")));
    if filter.order != usual.order {
        parts.push(format!("order={}", order_name(filter.order)));
    }
    if let Some(message) = message {
        parts.push(format!("message={message}"));
    }
    if parts.is_empty() { String::new() } else { format!("?{}", parts.join("&")) }
}

/// A list beyond the tabs: what a folder keeps, or a filter of the moment.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Sought {
    /// The folder.
    pub folder: Option<FolderId>,
    /// The filter as JSON.
    pub filter: Option<String>,
    /// In which order, where it is not the folder's own.
    pub order: Option<ListOrder>,
}

/// The filter that an address asks for beyond the tabs.
#[must_use]
pub fn sought_of(value: impl Fn(&str) -> Option<String>) -> Option<Sought> {
    let folder = value("folder").and_then(|id| id.parse().ok()).map(FolderId);
    let filter = value("filter").filter(|text| folder.is_none() && !text.is_empty());
    let order = value("order").and_then(|name| ORDERS.into_iter().find(|(_, known)| *known == name)).map(|(order, _)| order);
    (folder.is_some() || filter.is_some()).then_some(Sought { folder, filter, order })
}

/// The query that describes it.
#[must_use]
pub fn query_of_sought(sought: &Sought) -> String {
    let order = sought.order.map(|order| format!("&order={}", order_name(order))).unwrap_or_default();
    match (sought.folder, &sought.filter) {
        (Some(folder), _) => format!("?folder={folder}{order}"),
        (None, Some(filter)) => format!("?filter={}{order}", escaped(filter)),
        (None, None) => String::new(),
    }
}

/// The orders of the list and their names in the query.
pub const ORDERS: [(ListOrder, &str); 6] = [
    (ListOrder::Newest, "newest"),
    (ListOrder::Oldest, "oldest"),
    (ListOrder::LastCreated, "last-created"),
    (ListOrder::FirstCreated, "first-created"),
    (ListOrder::Priority, "priority"),
    (ListOrder::LongestWaiting, "waiting"),
];

/// An order's name in the query.
#[must_use]
pub fn order_name(order: ListOrder) -> &'static str {
    ORDERS.into_iter().find(|(known, _)| *known == order).map_or("newest", |(_, name)| name)
}

/// A tab's name in the query.
#[must_use]
pub const fn tab_name(tab: Tab) -> &'static str {
    match tab {
        Tab::Mine => "mine",
        Tab::Unassigned => "unassigned",
        Tab::All => "all",
    }
}

/// A status's name in the query.
#[must_use]
pub const fn status_name(status: StatusKind) -> &'static str {
    match status {
        StatusKind::Open => "open",
        StatusKind::Pending => "pending",
        StatusKind::Snoozed => "snoozed",
        StatusKind::Resolved => "resolved",
    }
}

/// Where `next` may lead: a path of this origin, never another site.
#[must_use]
pub fn safe_next(next: &str) -> Option<&str> {
    let local = next.starts_with('/') && !next.starts_with("//") && !next.contains(['\\', '\n', '\r', '\t']);
    local.then_some(next)
}

/// A path as a query value.
#[must_use]
pub fn escaped(path: &str) -> String {
    let mut out = String::with_capacity(path.len() + 8);
    for byte in path.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~/".contains(&byte) {
            out.push(char::from(byte));
        } else {
            out.push_str(&format!("%{byte:02X}"));
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_place_comes_back_from_its_address() {
        let account = AccountId(7);
        for place in [
            Place::list(),
            Place::Conversations { inbox: Some(InboxId(3)), number: Some(12) },
            Place::Contacts(Some(ContactId(9))),
            Place::Settings(Section::NewInbox(Some("website".to_owned()))),
            Place::Settings(Section::Inbox(InboxId(4), InboxTab::Done)),
            Place::Settings(Section::Profile),
            Place::Settings(Section::Help(Some("reply".to_owned()))),
        ] {
            let href = place.href(account);
            assert_eq!(Place::parse(href.strip_prefix("/app/accounts/7/").unwrap()), place);
        }
        assert_eq!(Place::parse("conversations/x"), Place::Nowhere);
        assert_eq!(Place::parse("settings/inboxes/4/none"), Place::Nowhere);
    }

    #[test]
    fn every_filter_comes_back_from_its_query() {
        for tab in [Tab::Mine, Tab::Unassigned, Tab::All] {
            for status in [None, Some(StatusKind::Open), Some(StatusKind::Resolved)] {
                let filter = ListFilter { tab, status, inbox: None, ..ListFilter::default() };
                let query = query_of(&filter, None);
                let value =
                    |name: &str| query.trim_start_matches('?').split('&').find_map(|pair| pair.strip_prefix(name)).map(str::to_owned);
                assert_eq!(filter_of(None, |name| value(&format!("{name}="))), filter);
            }
        }
        assert_eq!(query_of(&ListFilter::default(), None), "");
    }

    #[test]
    fn what_is_sought_comes_back_from_its_query() {
        let folder = Sought { folder: Some(FolderId(4)), filter: None, order: Some(ListOrder::Oldest) };
        assert_eq!(query_of_sought(&folder), "?folder=4&order=oldest");
        let value = |query: &'static str| {
            move |name: &str| {
                query.trim_start_matches('?').split('&').find_map(|pair| pair.strip_prefix(&format!("{name}="))).map(str::to_owned)
            }
        };
        assert_eq!(sought_of(value("?folder=4&order=oldest")), Some(folder));
        let filter = Sought { folder: None, filter: Some("{\"all\":[]}".to_owned()), order: None };
        assert_eq!(query_of_sought(&filter), "?filter=%7B%22all%22%3A%5B%5D%7D");
        assert_eq!(sought_of(value("?tab=mine")), None);
    }

    #[test]
    fn next_never_leaves_this_origin() {
        assert_eq!(safe_next("/app/accounts/1/conversations?tab=mine"), Some("/app/accounts/1/conversations?tab=mine"));
        for bad in ["//evil.example", "https://evil.example", "/\\evil.example", "javascript:alert(1)", "/\t/evil.example"] {
            assert_eq!(safe_next(bad), None, "{bad}");
        }
        assert_eq!(escaped("/a?b=ç"), "/a%3Fb%3D%C3%A7");
    }
}
