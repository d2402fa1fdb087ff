//! What a reader may see of an account: their inboxes, and which conversations in them. The one place where that rule becomes SQL, and
//! the one where a change is judged by it.

use crate::Audience;
use model::{Change, ConversationView, InboxId, Placement, TeamId, UserId, Visibility};

/// Which inboxes somebody may see.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Inboxes {
    /// Every one of the account.
    All,
    /// These.
    Only(Vec<InboxId>),
}

/// What a reader may see.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sight {
    /// Their inboxes.
    pub inboxes: Inboxes,
    /// Which conversations in them.
    pub rule: Visibility,
    /// Who reads; nobody (0) for the product itself.
    pub user: UserId,
    /// The teams they are in.
    pub teams: Vec<TeamId>,
}

/// How a change reaches one reader.
#[derive(Clone, Debug, PartialEq)]
pub enum Judged {
    /// Not at all.
    Hidden,
    /// As everybody gets it.
    Whole,
    /// Changed, because they see only one side of a move.
    Instead(Change),
}

impl Sight {
    /// The product's own: everything.
    #[must_use]
    pub const fn everything() -> Self {
        Self { inboxes: Inboxes::All, rule: Visibility::All, user: UserId(0), teams: Vec::new() }
    }

    /// Whether this inbox is among theirs.
    #[must_use]
    pub fn contains(&self, inbox: InboxId) -> bool {
        match &self.inboxes {
            Inboxes::All => true,
            Inboxes::Only(list) => list.contains(&inbox),
        }
    }

    /// Whether they see less than their inboxes hold.
    #[must_use]
    pub const fn is_narrow(&self) -> bool {
        matches!(self.rule, Visibility::Team | Visibility::Mine)
    }

    /// Whether they see a conversation that stands so.
    #[must_use]
    pub fn admits(&self, place: &Placement) -> bool {
        self.contains(place.inbox) && self.reaches(place.assignee, place.team)
    }

    /// Whether they see this conversation: what was only begun is its starter's.
    #[must_use]
    pub fn admits_view(&self, view: &ConversationView) -> bool {
        self.admits(&view.placement()) && (self.user.0 == 0 || view.starter.is_none_or(|user| user == self.user))
    }

    fn reaches(&self, assignee: Option<UserId>, team: Option<TeamId>) -> bool {
        match self.rule {
            Visibility::All | Visibility::Inbox => true,
            Visibility::Team => assignee == Some(self.user) || team.is_some_and(|team| self.teams.contains(&team)),
            Visibility::Mine => assignee == Some(self.user),
        }
    }

    /// How a change that was told to this audience reaches them.
    #[must_use]
    pub fn judge(&self, audience: &Audience, change: &Change) -> Judged {
        if audience.only_user.is_some_and(|user| user != self.user) || audience.inbox.is_some_and(|inbox| !self.contains(inbox)) {
            return Judged::Hidden;
        }
        if !self.is_narrow() {
            return Judged::Whole;
        }
        match change {
            Change::Conversation { was, now, marks } => {
                let before = was.filter(|was| self.admits(was));
                match (before, self.admits(&now.placement())) {
                    (_, true) if before == *was => Judged::Whole,
                    (_, true) => Judged::Instead(Change::Conversation { was: before, now: now.clone(), marks: marks.clone() }),
                    (Some(was), false) => Judged::Instead(Change::ConversationGone { conversation: now.id, was: Some(was) }),
                    (None, false) => Judged::Hidden,
                }
            }
            Change::ConversationGone { was: Some(was), .. } if !self.admits(was) => Judged::Hidden,
            Change::Message { .. } | Change::Advanced { .. } | Change::MessageGone { .. }
                if !self.reaches(audience.assignee, audience.team) =>
            {
                Judged::Hidden
            }
            _ => Judged::Whole,
        }
    }

    /// The condition on a table's `inbox_id` alone; ids are numbers, so nothing can be injected.
    pub(crate) fn inbox_condition(&self, column: &str) -> String {
        match &self.inboxes {
            Inboxes::All => String::new(),
            Inboxes::Only(list) if list.is_empty() => " AND 1 = 0".to_owned(),
            Inboxes::Only(list) => format!(" AND {column} IN ({})", numbers(list.iter().map(|i| i.0))),
        }
    }

    /// The condition on a conversation's row under this alias.
    pub(crate) fn condition(&self, alias: &str) -> String {
        format!("{}{}", self.inbox_condition(&format!("{alias}.inbox_id")), self.narrow(alias))
    }

    /// The same without the inboxes, where they stand in the query already.
    pub(crate) fn narrow(&self, alias: &str) -> String {
        let me = self.user;
        let mut sql = match self.rule {
            Visibility::All | Visibility::Inbox => String::new(),
            Visibility::Team if !self.teams.is_empty() => {
                format!(" AND ({alias}.assignee_id = {me} OR {alias}.team_id IN ({}))", numbers(self.teams.iter().map(|t| t.0)))
            }
            Visibility::Team | Visibility::Mine => format!(" AND {alias}.assignee_id = {me}"),
        };
        if me.0 != 0 {
            sql.push_str(&format!(" AND ({alias}.starter_id IS NULL OR {alias}.starter_id = {me})"));
        }
        sql
    }
}

pub(crate) fn numbers(ids: impl Iterator<Item = i64>) -> String {
    ids.map(|id| id.to_string()).collect::<Vec<_>>().join(",")
}

#[cfg(test)]
mod tests {
    use super::*;
    use model::StatusKind;

    #[test]
    fn narrow_rules_admit_what_they_say() {
        let sight = |rule| Sight { inboxes: Inboxes::Only(vec![InboxId(1)]), rule, user: UserId(7), teams: vec![TeamId(3)] };
        let place = |inbox, assignee: Option<i64>, team: Option<i64>| Placement {
            inbox: InboxId(inbox),
            status: StatusKind::Open,
            assignee: assignee.map(UserId),
            team: team.map(TeamId),
        };
        let seen = |rule| {
            [place(1, Some(7), None), place(1, None, Some(3)), place(1, Some(8), Some(4)), place(1, None, None), place(2, Some(7), None)]
                .map(|p| sight(rule).admits(&p))
        };
        assert_eq!(seen(Visibility::Inbox), [true, true, true, true, false]);
        assert_eq!(seen(Visibility::Team), [true, true, false, false, false]);
        assert_eq!(seen(Visibility::Mine), [true, false, false, false, false]);
    }
}
