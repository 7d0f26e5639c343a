//! Export: contacts leave as a table, vCards or JSContact, streamed.
