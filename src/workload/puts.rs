//! The writes of a client: what they bring, and what they say of what was read before.

use std::rc::Rc;

use crate::dynamo::message::{Action, Put};
use crate::dynamo::versioning::version::VersionSet;
use crate::ghost::Ghost;
use crate::id::NodeId;
use crate::random::purpose::Purpose;
use crate::workload::client::Client;
use crate::workload::intent::Intent;
use crate::workload::operation::Aim;
use crate::workload::spec::{Context, Spec};
use crate::workload::words::{ClientCtx, Function};
use crate::workload::writing::{self, Written};

impl Client {
    pub(super) fn begin_put(
        &mut self,
        ctx: &mut ClientCtx<'_>,
        aim: Aim,
        read: Option<Rc<VersionSet>>,
        fastest: Option<NodeId>,
    ) {
        let policy = self.spec().cart_policy;
        // Nothing to take out: no write, and no event.
        if !writing::has_something_to_write(aim.intent, policy, read.as_deref()) {
            return self.rest(ctx);
        }
        let event = ctx.new_event(aim.key);
        // What a client has seen it has seen, whether or not it tells the store.
        let seen = read.iter().flat_map(|set| set.versions()).map(|version| &version.ghost);
        let ghost = Ghost::new(event, seen);
        let (value, cart) = self.write(ctx, aim, read.as_deref(), event.number);
        let function = if aim.intent == Intent::Delete { Function::Delete } else { Function::Put };
        // The fastest replier is part of the context (section 5).
        let (context, fastest) =
            if self.tells_context(aim.intent) { (read, fastest) } else { (None, None) };
        let identity = self.habits.persistence.gives_identity().then_some(aim.id);
        let client_driven = self.library.is_some();
        let put = Put { context, fastest, value, identity, client_driven, ghost };
        self.begin(ctx, aim, function, (Action::Put(Rc::new(put)), cart));
    }

    fn tells_context(&self, intent: Intent) -> bool {
        let Spec { cart_policy, session, .. } = self.spec();
        let cart = matches!(intent, Intent::Add | Intent::Remove);
        session.context == Context::Kept && (!cart || cart_policy.carries_context())
    }

    /// What a put writes after this was read, and what that does to a cart.
    fn write(
        &self,
        ctx: &ClientCtx<'_>,
        aim: Aim,
        read: Option<&VersionSet>,
        event: u32,
    ) -> Written {
        let (spec, sizes) = (self.spec(), &self.habits.sizes);
        let (who, which) = (u64::from(self.name().0), u64::from(aim.id.number));
        let draw = |purpose| ctx.luck.draw(purpose, who, which);
        match aim.intent {
            Intent::Get => unreachable!("a read writes nothing"),
            Intent::Put | Intent::Blind => {
                let drawn = || sizes.sample(&mut draw(Purpose::ValueSize));
                writing::plain(aim.bytes.unwrap_or_else(drawn))
            }
            Intent::Delete => writing::tombstone(),
            Intent::Add => writing::added(spec.cart_policy, read, event),
            Intent::Remove => {
                writing::removed(spec.cart_policy, read, &mut draw(Purpose::CartItem))
            }
        }
    }
}
