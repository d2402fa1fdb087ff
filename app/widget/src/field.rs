//! What a chat is made of: fields that tell whoever reads them when they change, and slots that tell nobody.
//! One trigger serves every type: a signal per type costs kilobytes each, and this page has ninety in all.

use leptos::prelude::*;
use leptos::reactive::signal::ArcTrigger;
use std::cell::RefCell;

/// A value whose readers are asked again when it changes.
#[derive(Debug, Default)]
pub struct Field<T> {
    value: RefCell<T>,
    trigger: ArcTrigger,
}

impl<T> Field<T> {
    /// A field with this value.
    pub fn new(value: T) -> Self {
        Self { value: RefCell::new(value), trigger: ArcTrigger::new() }
    }

    /// Looks at the value, and is asked again when it changes.
    pub fn with<R>(&self, look: impl FnOnce(&T) -> R) -> R {
        self.trigger.track();
        look(&self.value.borrow())
    }

    /// Looks at the value once.
    pub fn with_untracked<R>(&self, look: impl FnOnce(&T) -> R) -> R {
        look(&self.value.borrow())
    }

    /// A copy of the value, asked again when it changes.
    pub fn get(&self) -> T
    where
        T: Clone,
    {
        self.with(T::clone)
    }

    /// A copy of the value, once.
    pub fn get_untracked(&self) -> T
    where
        T: Clone,
    {
        self.value.borrow().clone()
    }

    /// Replaces the value; nobody is asked again when it is the same.
    pub fn set(&self, value: T)
    where
        T: PartialEq,
    {
        if *self.value.borrow() != value {
            self.put(value);
        }
    }

    /// Replaces the value.
    pub fn put(&self, value: T) {
        *self.value.borrow_mut() = value;
        self.trigger.notify();
    }

    /// Changes the value in place.
    pub fn update(&self, change: impl FnOnce(&mut T)) {
        change(&mut self.value.borrow_mut());
        self.trigger.notify();
    }
}

/// A value nobody is told about.
#[derive(Debug, Default)]
pub struct Slot<T>(RefCell<T>);

impl<T> Slot<T> {
    /// A slot with this value.
    pub const fn new(value: T) -> Self {
        Self(RefCell::new(value))
    }

    /// A copy of the value.
    pub fn get(&self) -> T
    where
        T: Clone,
    {
        self.0.borrow().clone()
    }

    /// Looks at the value.
    pub fn with<R>(&self, look: impl FnOnce(&T) -> R) -> R {
        look(&self.0.borrow())
    }

    /// Changes the value in place.
    pub fn update(&self, change: impl FnOnce(&mut T)) {
        change(&mut self.0.borrow_mut());
    }

    /// Replaces the value and gives the one before.
    pub fn replace(&self, value: T) -> T {
        self.0.replace(value)
    }

    /// Replaces the value.
    pub fn set(&self, value: T) {
        drop(self.0.replace(value));
    }
}

/// Does something now and again whenever a field it read has changed.
pub fn effect(run: impl FnMut() + 'static) {
    effect_of(Box::new(run));
}

fn effect_of(mut run: Box<dyn FnMut()>) {
    let _ = Effect::new(move |_: Option<()>| run());
}
