namespace FastIngest.Net.S3;

/// <summary>A key for S3. The secret and the token are never shown.</summary>
/// <param name="KeyId">The public part.</param>
/// <param name="SecretKey">The secret part.</param>
/// <param name="SessionToken">The token of temporary credentials; null without one.</param>
internal sealed record S3Credentials(string KeyId, string SecretKey, string? SessionToken)
{
    public override string ToString() => KeyId;
}
