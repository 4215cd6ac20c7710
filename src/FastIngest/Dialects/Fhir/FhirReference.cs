namespace FastIngest.Dialects.Fhir;

/// <summary>References to resources: <c>Patient/123</c>, <c>https://server/fhir/Patient/123/_history/2</c>, <c>urn:uuid:…</c>, <c>#contained</c>.</summary>
internal static class FhirReference
{
    /// <summary>Returns the id of the resource; empty without one.</summary>
    public static ReadOnlySpan<byte> IdOf(ReadOnlySpan<byte> reference)
    {
        reference = WithoutVersion(reference);
        int start = Math.Max(reference.LastIndexOf((byte)'/'), reference.LastIndexOf((byte)':')) + 1;
        return reference[start..].TrimStart((byte)'#');
    }

    /// <summary>Returns the type of the resource; empty when the reference does not name it.</summary>
    public static ReadOnlySpan<byte> TypeOf(ReadOnlySpan<byte> reference)
    {
        reference = WithoutVersion(reference);
        int slash = reference.LastIndexOf((byte)'/');
        if (slash <= 0)
        {
            return default;
        }

        ReadOnlySpan<byte> before = reference[..slash];
        return before[(before.LastIndexOf((byte)'/') + 1)..];
    }

    private static ReadOnlySpan<byte> WithoutVersion(ReadOnlySpan<byte> reference)
    {
        int history = reference.IndexOf("/_history/"u8);
        return history < 0 ? reference : reference[..history];
    }
}
