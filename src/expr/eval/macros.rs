//! Macros over the items of a list or the keys of a map, in order. `all` and `exists` stop at the first
//! item that decides; an error of any item looked at is the error of the whole.

use super::operand::Operand;
use super::{Evaluated, Run};
use crate::expr::EvalError;
use crate::expr::names::MacroKind;
use crate::expr::syntax::{Macro, Node};
use crate::value::{Map, Value};
use std::sync::Arc;

/// What a macro goes over; sharing keeps the items alive without copying them.
enum Items<'a> {
    Borrowed(&'a [Value]),
    Shared(Arc<Vec<Value>>),
    Keys(&'a Map),
    SharedKeys(Arc<Map>),
}

impl<'a> Items<'a> {
    fn of(operand: Operand<'a>, kind: MacroKind) -> Result<Self, EvalError> {
        let kind_name = operand.kind_name();
        match operand {
            Operand::Ref(Value::List(items)) => Ok(Items::Borrowed(items)),
            Operand::Ref(Value::Map(map)) => Ok(Items::Keys(map)),
            Operand::Owned(Value::List(items)) => Ok(Items::Shared(items)),
            Operand::Owned(Value::Map(map)) => Ok(Items::SharedKeys(map)),
            Operand::Ref(_) | Operand::Owned(_) | Operand::Timestamp(_) | Operand::Duration(_) => {
                Err(EvalError::new(format!(
                    "`{}` goes over a list or the keys of a map, here {kind_name}",
                    kind.name()
                )))
            }
        }
    }

    fn into_iter(self) -> Box<dyn Iterator<Item = Operand<'a>> + 'a> {
        match self {
            Items::Borrowed(items) => Box::new(items.iter().map(Operand::Ref)),
            Items::Shared(items) => {
                let count = items.len();
                Box::new(
                    (0..count).filter_map(move |at| items.get(at).cloned().map(Operand::Owned)),
                )
            }
            Items::Keys(map) => Box::new(
                map.keys()
                    .map(|key| Operand::Owned(Value::Text(key.clone()))),
            ),
            Items::SharedKeys(map) => {
                let keys: Vec<_> = map.keys().cloned().collect();
                Box::new(keys.into_iter().map(|key| Operand::Owned(Value::Text(key))))
            }
        }
    }
}

impl<'a> Run<'a> {
    pub(super) fn run_macro(&mut self, call: &'a Macro, range: Operand<'a>) -> Evaluated<'a> {
        let items = Items::of(range, call.kind)?;
        if let Items::SharedKeys(map) = &items {
            self.meter.pay(map.len() as u64)?;
        }
        let items = items.into_iter();
        match call.kind {
            MacroKind::All => Ok(Operand::bool(!self.any(call, items, false)?)),
            MacroKind::Exists => Ok(Operand::bool(self.any(call, items, true)?)),
            MacroKind::ExistsOne => {
                let mut count = 0;
                for item in items {
                    count += u64::from(self.passes(call, item)?);
                }
                Ok(Operand::bool(count == 1))
            }
            MacroKind::Filter => self.filter(call, items),
            MacroKind::Map => self.map_items(call, items),
        }
    }

    /// Whether the condition comes out as `sought` for some item.
    fn any(
        &mut self,
        call: &'a Macro,
        items: impl Iterator<Item = Operand<'a>>,
        sought: bool,
    ) -> Result<bool, EvalError> {
        for item in items {
            if self.passes(call, item)? == sought {
                return Ok(true);
            }
        }
        Ok(false)
    }

    fn filter(
        &mut self,
        call: &'a Macro,
        items: impl Iterator<Item = Operand<'a>>,
    ) -> Evaluated<'a> {
        let mut kept = Vec::new();
        for item in items {
            if self.passes(call, item.clone())? {
                kept.push(item.into_item()?);
            }
        }
        Ok(Operand::Owned(Value::list(kept)))
    }

    fn map_items(
        &mut self,
        call: &'a Macro,
        items: impl Iterator<Item = Operand<'a>>,
    ) -> Evaluated<'a> {
        let mut made = Vec::new();
        for item in items {
            if !self.passes(call, item.clone())? {
                continue;
            }
            if let Some(result) = &call.result {
                made.push(self.with_item(item, result)?.into_item()?);
            }
        }
        Ok(Operand::Owned(Value::list(made)))
    }

    fn passes(&mut self, call: &'a Macro, item: Operand<'a>) -> Result<bool, EvalError> {
        self.meter.pay(1)?;
        let Some(test) = &call.test else {
            return Ok(true);
        };
        let operand = self.with_item(item, test)?;
        operand.as_bool().ok_or_else(|| {
            EvalError::new(format!(
                "the condition of `{}` gives {}, it must give true or false",
                call.kind.name(),
                operand.kind_name()
            ))
        })
    }

    fn with_item(&mut self, item: Operand<'a>, node: &'a Node) -> Evaluated<'a> {
        self.variables.push(item);
        let result = self.eval(node);
        self.variables.pop();
        result
    }
}
