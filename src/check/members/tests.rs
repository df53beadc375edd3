//! Each judge finds what is planted for it.
