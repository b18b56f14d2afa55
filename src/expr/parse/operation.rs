//! Operands and the operators between them, by precedence. The chains that are still open wait on a stack
//! of their own, so that the levels of precedence cost no recursion.

use super::{Parsed, Parser};
use crate::expr::lex::Token;
use crate::expr::syntax::{BinaryOp, Node};

/// What joins two operands.
#[derive(Clone, Copy)]
enum Joint {
    Or,
    And,
    Binary(BinaryOp),
}

/// Operands joined at one level of precedence, each with the joint after it.
struct Chain {
    level: u8,
    parts: Vec<(Node, Joint)>,
}

impl Parser<'_> {
    pub(super) fn operation(&mut self) -> Parsed {
        let mut open: Vec<Chain> = Vec::new();
        loop {
            let mut node = self.unary()?;
            let joint = self.joint();
            let level = joint.map_or(0, Joint::level);
            while let Some(chain) = open.pop_if(|chain| chain.level > level) {
                node = chain.close(node);
            }
            let Some(joint) = joint else {
                return Ok(node);
            };
            match open.last_mut() {
                Some(chain) if chain.level == level => chain.parts.push((node, joint)),
                Some(_) | None => open.push(Chain {
                    level,
                    parts: vec![(node, joint)],
                }),
            }
            self.advance()?;
        }
    }

    fn joint(&self) -> Option<Joint> {
        let mark = match &self.token {
            Token::Mark(mark) => mark,
            Token::Name("in") => "in",
            Token::End | Token::Int(_) | Token::Float(_) | Token::Text(_) | Token::Name(_) => {
                return None;
            }
        };
        Some(Joint::Binary(match mark {
            "||" => return Some(Joint::Or),
            "&&" => return Some(Joint::And),
            "<" => BinaryOp::Less,
            "<=" => BinaryOp::LessOrEqual,
            ">" => BinaryOp::Greater,
            ">=" => BinaryOp::GreaterOrEqual,
            "==" => BinaryOp::Equal,
            "!=" => BinaryOp::NotEqual,
            "in" => BinaryOp::In,
            "+" => BinaryOp::Add,
            "-" => BinaryOp::Subtract,
            "*" => BinaryOp::Multiply,
            "/" => BinaryOp::Divide,
            "%" => BinaryOp::Remainder,
            _ => return None,
        }))
    }
}

impl Joint {
    /// The higher, the tighter it binds; from 1.
    fn level(self) -> u8 {
        match self {
            Joint::Or => 1,
            Joint::And => 2,
            Joint::Binary(op) => match op {
                BinaryOp::Less
                | BinaryOp::LessOrEqual
                | BinaryOp::Greater
                | BinaryOp::GreaterOrEqual
                | BinaryOp::Equal
                | BinaryOp::NotEqual
                | BinaryOp::In => 3,
                BinaryOp::Add | BinaryOp::Subtract => 4,
                BinaryOp::Multiply | BinaryOp::Divide | BinaryOp::Remainder => 5,
            },
        }
    }
}

impl Chain {
    /// The node of the whole chain, which `last` ends.
    fn close(self, last: Node) -> Node {
        let mut nodes = Vec::with_capacity(self.parts.len() + 1);
        let mut ops = Vec::with_capacity(self.parts.len());
        let mut logical: Option<fn(Vec<Node>) -> Node> = None;
        for (node, joint) in self.parts {
            nodes.push(node);
            match joint {
                Joint::Or => logical = Some(Node::Or),
                Joint::And => logical = Some(Node::And),
                Joint::Binary(op) => ops.push(op),
            }
        }
        if let Some(logical) = logical {
            nodes.push(last);
            return logical(nodes);
        }
        let mut nodes = nodes.into_iter();
        let Some(first) = nodes.next() else {
            return last;
        };
        let rest = std::iter::zip(ops, nodes.chain([last])).collect();
        Node::Fold(Box::new(first), rest)
    }
}
