using System.Text.Json;
using FastIngest.Health;

namespace FastIngest.Dialects.Contract;

/// <summary>A record as the reference implementation takes it.</summary>
/// <param name="Offset">Where in the file it starts, in bytes.</param>
/// <param name="Length">Its bytes; of one that cannot be read, up to where reading resumed.</param>
/// <param name="Unread">Why it cannot be read; null when it can.</param>
/// <param name="Value">Its fields by name.</param>
public readonly record struct ReferenceRecord(int Offset, int Length, RejectReason? Unread, JsonElement Value);
