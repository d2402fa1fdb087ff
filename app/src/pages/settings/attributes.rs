//! The custom attributes: what an account wants to know of its contacts and conversations beyond what everybody has.
//! Values stand where the contact and the conversation are shown.

use super::shelf::{Item, Shelf};
use crate::pages::Trip;
use crate::store::{Store, ask};
use kit::Draw;
use kit::i18n::{Locale, Text, said, text};
use kit::{AreaField, Icon, Segments, SelectField, TextField};
use kit::{effect, live, spawn};
use leptos::prelude::*;
use model::{AttributeDraft, AttributeId, AttributeKind, AttributeView, Entity, Permission};
use std::sync::Arc;

const KINDS: [(AttributeKind, &str, Text); 6] = [
    (AttributeKind::Text, "text", text::ATTRIBUTES_TEXT),
    (AttributeKind::Number, "number", text::ATTRIBUTES_NUMBER),
    (AttributeKind::Link, "link", text::ATTRIBUTES_LINK),
    (AttributeKind::Date, "date", text::ATTRIBUTES_DATE),
    (AttributeKind::List, "list", text::ATTRIBUTES_LIST),
    (AttributeKind::Checkbox, "checkbox", text::ATTRIBUTES_CHECKBOX),
];

/// A key for programs from a name for people: `Data de início` becomes `data_de_inicio`.
fn key_of(label: &str) -> String {
    let plain = |c: char| if c.is_ascii_alphanumeric() { c } else { '_' };
    let key: String = kit::lower(label.trim()).chars().map(model::bare).map(plain).take(60).collect();
    key.split('_').filter(|part| !part.is_empty()).collect::<Vec<_>>().join("_")
}

/// The page.
#[component]
pub fn Attributes() -> impl IntoView {
    let (store, locale) = (Store::current(), Locale::current());
    let mine = store.may(Permission::ManageDesk);
    let all = RwSignal::new(Vec::<AttributeView>::new());
    let (label, key, options, description) =
        (RwSignal::new(String::new()), RwSignal::new(String::new()), RwSignal::new(String::new()), RwSignal::new(String::new()));
    let (entity, kind) = (RwSignal::new(Entity::Contact), RwSignal::new(AttributeKind::Text));
    // What programs rely on does not change once it stands.
    let standing = RwSignal::new(false);
    let known = RwSignal::new(false);
    let load = move || {
        spawn(async move {
            if let Ok(found) = ask(api::Attributes { account: store.account }).await {
                all.set(found);
                known.set(true);
            }
        });
    };
    effect(load);
    let entity_words = move |entity| {
        locale.say(match entity {
            Entity::Contact => text::ATTRIBUTES_CONTACT,
            Entity::Conversation => text::ATTRIBUTES_CONVERSATION,
        })
    };
    let kind_words =
        move |kind| locale.say(KINDS.iter().find(|(known, ..)| *known == kind).map_or(text::ATTRIBUTES_TEXT, |(_, _, words)| *words));
    let items = Signal::derive(move || {
        let each = |one: AttributeView| Item {
            id: one.id.0,
            note: [entity_words(one.draft.entity), kind_words(one.draft.kind), one.draft.key.as_str()].join(" · "),
            title: one.draft.label,
            colour: None,
            mine,
        };
        all.get().into_iter().map(each).collect()
    });
    Shelf {
        title: text::ATTRIBUTES_TITLE,
        lead: text::ATTRIBUTES_LEAD,
        add: text::ATTRIBUTES_ADD,
        empty: text::ATTRIBUTES_EMPTY,
        icon: Icon::LIST_CHECKS,
        items,
        known: known.into(),
        begin: Callback::new(move |id: Option<i64>| {
            let known = id.and_then(|id| all.with_untracked(|all| all.iter().find(|one| one.id.0 == id).cloned()));
            standing.set(known.is_some());
            let draft = known.map(|known| known.draft).unwrap_or(AttributeDraft { entity: Entity::Contact, ..AttributeDraft::default() });
            label.set(draft.label);
            key.set(draft.key);
            options.set(draft.options.join("\n"));
            description.set(draft.description);
            entity.set(draft.entity);
            kind.set(draft.kind);
        }),
        fields: Arc::new(move |trip: Trip| {
            let entities = Signal::derive(move || {
                vec![
                    ("contact".to_owned(), entity_words(Entity::Contact).to_owned()),
                    ("conversation".to_owned(), entity_words(Entity::Conversation).to_owned()),
                ]
            });
            let kinds =
                Signal::derive(move || KINDS.iter().map(|(_, key, words)| ((*key).to_owned(), locale.say(*words).to_owned())).collect::<Vec<_>>());
            view! {
                <TextField name="attribute-label" label=said(text::ATTRIBUTES_NAME) value=label error=trip.field("label") required=true max=80/>
                {live(move || (!standing.get()).then(|| view! {
                    <Segments
                        name="attribute-entity"
                        label=said(text::ATTRIBUTES_OF)
                        options=entities
                        value=Signal::derive(move || if entity.get() == Entity::Contact { "contact" } else { "conversation" }.to_owned())
                        change=Callback::new(move |next: String| {
                            entity.set(if next == "contact" { Entity::Contact } else { Entity::Conversation });
                        })
                    />
                    <SelectField
                        name="attribute-kind"
                        label=said(text::ATTRIBUTES_KIND)
                        options=kinds
                        value=Signal::derive(move || {
                            KINDS.iter().find(|(known, ..)| *known == kind.get()).map_or("text", |(_, key, _)| *key).to_owned()
                        })
                        change=Callback::new(move |next: String| {
                            kind.set(KINDS.iter().find(|(_, key, _)| *key == next).map_or(AttributeKind::Text, |(known, ..)| *known));
                        })
                    />
                    <TextField
                        name="attribute-key"
                        label=said(text::ATTRIBUTES_KEY)
                        hint=said(text::ATTRIBUTES_KEY_HINT)
                        example=Signal::derive(move || key_of(&label.get()))
                        value=key
                        error=trip.field("key")
                        max=60
                    />
                }.any()))}
                {live(move || (kind.get() == AttributeKind::List).then(|| view! {
                    <AreaField name="attribute-options" label=said(text::ATTRIBUTES_OPTIONS) hint=said(text::ATTRIBUTES_OPTIONS_HINT) value=options error=trip.field("options")/>
                }.any()))}
                <TextField name="attribute-description" label=said(text::LABELS_DESCRIPTION) value=description error=trip.field("description") max=200/>
            }
            .any()
        }),
        save: Arc::new(move |id| {
            let (account, id) = (store.account, id.map(AttributeId));
            let written = key.get_untracked().trim().to_owned();
            let label = label.get_untracked();
            let draft = AttributeDraft {
                entity: entity.get_untracked(),
                key: if written.is_empty() { key_of(&label) } else { written },
                label,
                kind: kind.get_untracked(),
                options: options.with_untracked(|all| all.lines().map(str::trim).filter(|line| !line.is_empty()).map(str::to_owned).collect()),
                description: description.get_untracked(),
            };
            Box::pin(async move { ask(api::SaveAttribute { account, id, draft }).await.map(drop) })
        }),
        delete: Arc::new(move |id| {
            let account = store.account;
            Box::pin(async move { ask(api::DeleteAttribute { account, id: AttributeId(id) }).await })
        }),
        changed: Callback::new(move |()| load()),
    }
    .view()
}

#[cfg(test)]
mod tests {
    use super::key_of;

    #[test]
    fn a_name_makes_a_key_programs_can_use() {
        assert_eq!(key_of(" Data de início "), "data_de_inicio");
        assert_eq!(key_of("Plano (novo)"), "plano_novo");
        assert_eq!(key_of("—"), "");
    }
}
