//! Domain components that several panes use.
//! They read the store and call its verbs, and load nothing themselves.

mod activity;
mod attribute;
mod banner;
mod bubble;
mod channel_form;
mod congratulation;
mod deeds;
mod files;
mod keys;
mod mail;
mod people;
mod row;
mod sections;
mod tag;
mod ticks;
mod window;

pub use activity::activity_line;
pub use attribute::AttributeField;
pub use banner::Banner;
pub use bubble::{BubbleView, Joint};
pub use channel_form::{ChannelForm, said_in, settings_of};
pub use congratulation::Congratulation;
pub use deeds::{block, copy_link, turn};
pub use keys::{Command, is_free, is_off, key_of, spelled};
pub use mail::MailWords;
pub use people::{
    ChannelGlyph, agent_photo, availability_text, contact_name, person_name, photo_of, priority_text, role_text, status_one_text,
    status_text,
};
pub use row::Row;
pub use sections::{section_title, sections};
pub use tag::{Swatch, Tag};
pub use ticks::Ticks;
pub use window::Window;
