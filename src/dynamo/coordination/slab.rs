//! Requests under way, found again by ticket.

use crate::dynamo::message::Ticket;

/// A store of values that hands out tickets. A ticket whose value is gone finds nothing, even if
/// its place is taken again.
#[derive(Debug)]
pub struct Slab<T> {
    life: u32,
    slots: Vec<Slot<T>>,
    free: Vec<u32>,
}

#[derive(Debug)]
struct Slot<T> {
    serial: u32,
    value: Option<T>,
}

impl<T> Slab<T> {
    /// An empty store of a node in its `life`-th life. Tickets of other lives find nothing: after a
    /// crash the slots are counted from the start again.
    pub fn new(life: u32) -> Slab<T> {
        Slab { life, slots: Vec::new(), free: Vec::new() }
    }

    /// Keeps a value.
    pub fn insert(&mut self, value: T) -> Ticket {
        let slot = self.free.pop().unwrap_or_else(|| {
            self.slots.push(Slot { serial: 0, value: None });
            (self.slots.len() - 1) as u32
        });
        let place = &mut self.slots[slot as usize];
        place.value = Some(value);
        Ticket { life: self.life, slot, serial: place.serial }
    }

    /// The value of a ticket, if it is still here.
    pub fn get(&self, ticket: Ticket) -> Option<&T> {
        let slot = self.slots.get(ticket.slot as usize)?;
        let same = ticket.life == self.life && ticket.serial == slot.serial;
        slot.value.as_ref().filter(|_| same)
    }

    /// The same, to change it.
    pub fn get_mut(&mut self, ticket: Ticket) -> Option<&mut T> {
        let slot = self.slot(ticket)?;
        slot.value.as_mut()
    }

    /// All values.
    pub fn iter(&self) -> impl Iterator<Item = &T> {
        self.slots.iter().filter_map(|slot| slot.value.as_ref())
    }

    /// Takes a value out.
    pub fn remove(&mut self, ticket: Ticket) -> Option<T> {
        let slot = self.slot(ticket)?;
        let value = slot.value.take()?;
        slot.serial = slot.serial.wrapping_add(1);
        self.free.push(ticket.slot);
        Some(value)
    }

    fn slot(&mut self, ticket: Ticket) -> Option<&mut Slot<T>> {
        let slot = self.slots.get_mut(ticket.slot as usize)?;
        (ticket.life == self.life && ticket.serial == slot.serial).then_some(slot)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_stale_ticket_finds_nothing() {
        let mut slab = Slab::new(0);
        let first = slab.insert("a");
        assert_eq!(slab.get_mut(first), Some(&mut "a"));
        assert_eq!(slab.remove(first), Some("a"));
        let second = slab.insert("b");
        assert_eq!(second.slot, first.slot);
        assert_eq!(slab.get_mut(first), None);
        assert_eq!(slab.remove(first), None);
        assert_eq!(slab.get_mut(second), Some(&mut "b"));
    }

    #[test]
    fn a_ticket_of_another_life_finds_nothing() {
        let of_earlier_life = Slab::new(0).insert("a");
        let mut slab = Slab::new(1);
        slab.insert("b");
        assert_eq!(slab.get_mut(of_earlier_life), None);
        assert_eq!(slab.remove(of_earlier_life), None);
    }
}
