using FastIngest.Health;

namespace FastIngest.Dialects.Contract;

/// <summary>A record as the reference implementation reads it.</summary>
/// <param name="Offset">The offset in the file, in bytes.</param>
/// <param name="Length">The length in bytes; for a record that cannot be read, the distance to where reading resumed.</param>
/// <param name="Unread">Why the record cannot be read; null when it can.</param>
/// <param name="Json">The record as one JSON value, usually an object that has the fields by name; empty when it cannot be read.</param>
public readonly record struct ReferenceRecord(int Offset, int Length, RejectReason? Unread, ReadOnlyMemory<byte> Json);
