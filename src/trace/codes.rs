//! The closed table of error codes (ERR-7).

use std::fmt;

macro_rules! codes {
    ($($name:ident $text:literal $doc:literal;)*) => {
        /// Why a block failed (ERR-7).
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub enum ErrorCode { $(#[doc = $doc] $name,)* }

        impl ErrorCode {
            /// All codes, in the order of ERR-7.
            pub const ALL: &[ErrorCode] = &[$(ErrorCode::$name,)*];

            /// The code as results write it.
            pub fn name(self) -> &'static str {
                match self { $(ErrorCode::$name => $text,)* }
            }

            /// One sentence on what it means.
            pub fn meaning(self) -> &'static str {
                match self { $(ErrorCode::$name => $doc,)* }
            }
        }
    };
}

codes! {
    ActionError "action_error" "an action threw or rejected (ERR-4)";
    ActionTimeout "action_timeout" "an action took longer than its timeout (ERR-4)";
    ActionCompute "action_compute" "an action computed more than its limit (DET-3)";
    ActionMemory "action_memory" "an action used more memory than its limit (BUD-7)";
    ActionStack "action_stack" "an action recursed deeper than its stack (BUD-7)";
    ActionUnsettled "action_unsettled" "an action waits for something that can never happen (ERR-4)";
    WebhookTimeout "webhook_timeout" "no answer within the timeout (ERR-5)";
    WebhookRefused "webhook_refused" "the connection was refused (ERR-5)";
    WebhookReset "webhook_reset" "the connection was reset (ERR-5)";
    WebhookDns "webhook_dns" "the host name was not resolved (ERR-5)";
    WebhookTls "webhook_tls" "the TLS handshake failed (ERR-5)";
    WebhookMalformed "webhook_malformed" "the answer is not HTTP (ERR-5)";
    WebhookEmpty "webhook_empty" "the connection closed without an answer (ERR-5)";
    WebhookStatus "webhook_status" "the status is not in ok_status (ERR-5)";
    OutboundDenied "outbound_denied" "the outbound guard refused the target (ERR-5)";
    NoMock "no_mock" "no mock answers the request (DET-4)";
    Expression "expression" "an expression or template could not be evaluated (ERR-6)";
    UnmatchedDecision "unmatched_decision" "no branch matched and there is no default (ORD-3)";
    NoTerminal "no_terminal" "the run ran out of blocks without a terminal (ORD-6)";
    CustomFlowError "custom_flow_error" "a custom flow ended with an error (NEST-6)";
    Injected "injected" "a scenario injected the error (BUD-8)";
    Budget "budget" "the run's budget was exhausted (BUD-2)";
    WebhookTooLarge "webhook_too_large" "the answer's body is over the limit (BUD-7)";
    WebhookUrl "webhook_url" "the rendered text is no URL (ERR-5)";
    ActionUninterruptible "action_uninterruptible" "native work of an action could not be stopped: the harness failed (ERR-4)";
    NoIdentity "no_identity" "the block needs event.user, and nobody was found yet";
    IdentityExists "identity_exists" "the identity to create exists already";
    NoChannel "no_channel" "the identity has no such channel";
    NoFactor "no_factor" "the identity has no enrolled factor";
    NoPasskey "no_passkey" "the identity has no passkey";
}

impl fmt::Display for ErrorCode {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl ErrorCode {
    /// The code with this text, if it is in the table.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|code| code.name() == name)
    }
}
