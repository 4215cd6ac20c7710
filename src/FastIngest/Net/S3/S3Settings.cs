namespace FastIngest.Net.S3;

/// <summary>
/// Where S3 is and who asks, as the programs of AWS find it: environment variables first, then the profile of
/// <c>$AWS_PROFILE</c> in <c>~/.aws/credentials</c> and <c>~/.aws/config</c>.
/// </summary>
/// <param name="Endpoint">The URL of a server that is not AWS; null for AWS.</param>
/// <param name="Region">The region.</param>
/// <param name="Credentials">The key; null for requests without a signature.</param>
internal sealed record S3Settings(Uri? Endpoint, string Region, S3Credentials? Credentials)
{
    private const string DefaultRegion = "us-east-1", DefaultProfile = "default";

    /// <summary>Settings of a profile by which other programs get credentials that this one cannot get.</summary>
    private static readonly string[] Foreign = ["sso_session", "sso_start_url", "role_arn", "credential_process", "web_identity_token_file"];

    /// <param name="variable">Returns an environment variable.</param>
    /// <exception cref="IngestException">A setting is invalid, or a part of the credentials is missing. The message contains no secret.</exception>
    public static S3Settings Load(Func<string, string?> variable)
    {
        string home = variable("HOME") ?? "";
        string? chosen = Value(variable("AWS_PROFILE"));
        string profile = chosen ?? DefaultProfile;
        string keysPath = Value(variable("AWS_SHARED_CREDENTIALS_FILE")) ?? Path.Combine(home, ".aws", "credentials");
        string configPath = Value(variable("AWS_CONFIG_FILE")) ?? Path.Combine(home, ".aws", "config");
        IReadOnlyDictionary<string, string>? keys = IniFile.Section(keysPath, profile);
        IReadOnlyDictionary<string, string>? config = IniFile.Section(configPath, profile == DefaultProfile ? profile : "profile " + profile);
        if (chosen is not null && keys is null && config is null)
        {
            throw new IngestException($"The profile {chosen}, which $AWS_PROFILE names, is neither in {keysPath} nor in {configPath}.", "Correct the name, or remove the variable.");
        }

        string? endpoint = Value(variable("AWS_ENDPOINT_URL_S3")) ?? Value(variable("AWS_ENDPOINT_URL")) ?? config?.GetValueOrDefault("endpoint_url");
        string region = Value(variable("AWS_REGION")) ?? Value(variable("AWS_DEFAULT_REGION")) ?? Value(config?.GetValueOrDefault("region")) ?? DefaultRegion;
        S3Credentials? credentials = FromEnvironment(variable) ?? FromProfile(keys, keysPath) ?? FromProfile(config, configPath);
        if (credentials is null && config is not null && Array.Find(Foreign, config.ContainsKey) is { } foreign)
        {
            throw new IngestException(
                $"The profile {profile} in {configPath} gets its credentials by {foreign}, which this program cannot do.", "Put them into the environment: eval \"$(aws configure export-credentials --format env)\".");
        }

        return new S3Settings(endpoint is null ? null : ParseEndpoint(endpoint), ParseRegion(region), credentials);
    }

    private static S3Credentials? FromEnvironment(Func<string, string?> variable)
    {
        string? id = Value(variable("AWS_ACCESS_KEY_ID")), secret = Value(variable("AWS_SECRET_ACCESS_KEY"));
        return (id is null) == (secret is null)
            ? id is null ? null : new S3Credentials(id, secret!, Value(variable("AWS_SESSION_TOKEN")))
            : throw new IngestException($"Of $AWS_ACCESS_KEY_ID and $AWS_SECRET_ACCESS_KEY, only {(id is null ? "the second" : "the first")} is set.", "Set both, or none.");
    }

    private static S3Credentials? FromProfile(IReadOnlyDictionary<string, string>? profile, string path)
    {
        string? id = Value(profile?.GetValueOrDefault("aws_access_key_id")), secret = Value(profile?.GetValueOrDefault("aws_secret_access_key"));
        return (id is null) == (secret is null)
            ? id is null ? null : new S3Credentials(id, secret!, Value(profile!.GetValueOrDefault("aws_session_token")))
            : throw new IngestException($"{path} has only one of aws_access_key_id and aws_secret_access_key in the profile.", "Write both.");
    }

    private static Uri ParseEndpoint(string text)
    {
        bool isValid = Uri.TryCreate(text, UriKind.Absolute, out Uri? url) && url.Scheme is "https" or "http" && url.Host.Length > 0 && url.Query.Length == 0 && url.UserInfo.Length == 0;
        return isValid ? url! : throw new IngestException("The endpoint of S3 ($AWS_ENDPOINT_URL_S3, $AWS_ENDPOINT_URL or endpoint_url of the profile) is not the URL of a server.", "Write https://HOST:PORT.");
    }

    /// <summary>The region becomes a part of a host name, so that it must not hold anything else.</summary>
    private static string ParseRegion(string text) => text.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_')
        ? text : throw new IngestException("The region of S3 ($AWS_REGION, $AWS_DEFAULT_REGION or region of the profile) is not valid.", "Write a name such as us-east-1.");

    private static string? Value(string? text) => string.IsNullOrWhiteSpace(text) ? null : text.Trim();
}
