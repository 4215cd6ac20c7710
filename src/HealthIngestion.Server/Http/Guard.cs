using System.Globalization;
using System.Net;
using System.Security.Cryptography;
using System.Text;
using HealthIngestion.Settings;
using Microsoft.AspNetCore.Http;

namespace HealthIngestion.Server.Http;

/// <summary>
/// Decides which requests are answered: the name of the host must be one of this server, so that a page of another site cannot reach it
/// under a name of its own (DNS rebinding); a client has a limited number of requests; and with a token, a client must know it.
/// </summary>
internal sealed class Guard
{
    private readonly byte[]? _tokenHash;
    private readonly RateLimit? _rate;
    private readonly IPEndPoint _address;
    private readonly bool _takesAnyHost;
    private readonly HashSet<string> _hosts = new(StringComparer.OrdinalIgnoreCase);

    public Guard(ServeSettings settings, IPEndPoint address)
    {
        _tokenHash = settings.Token is { } token ? Hash(token) : null;
        _rate = settings.Rate > 0 ? new RateLimit(settings.Rate, TimeProvider.System) : null;
        _address = address;
        _hosts.UnionWith(settings.Hosts);

        // Off loopback the server has addresses and names that it does not know; there a token keeps other sites out.
        _takesAnyHost = settings.Hosts.Count == 0 && !IPAddress.IsLoopback(address.Address);
    }

    /// <summary>Adds the names under which a server on loopback is requested.</summary>
    /// <param name="port">The port.</param>
    public void Listen(int port)
    {
        string suffix = string.Create(CultureInfo.InvariantCulture, $":{port}");
        string address = new IPEndPoint(_address.Address, port).ToString();
        List<string> names = [.. _hosts.Select(h => h + suffix), address];
        if (IPAddress.IsLoopback(_address.Address))
        {
            names.Add("localhost" + suffix);
        }

        lock (_hosts)
        {
            _hosts.UnionWith(names);

            // A browser leaves out the usual port.
            if (port == 80)
            {
                _hosts.UnionWith(names.Select(n => n[..^suffix.Length]).ToArray());
            }
        }
    }

    /// <summary>Returns the response to a request that is not answered; null if it is.</summary>
    /// <param name="context">The request.</param>
    /// <param name="isOpen">Whether the resource holds nothing private, so that it needs no token.</param>
    public Response? Reject(HttpContext context, bool isOpen)
    {
        if (_rate is not null && !_rate.TryTake(context.Connection.RemoteIpAddress ?? IPAddress.None))
        {
            return Response.Error(429, "Too many requests; wait a second.", ("Retry-After", "1"));
        }

        if (!_takesAnyHost && !IsKnownHost(context.Request.Headers.Host.ToString()))
        {
            return Response.Error(421, "The server does not have the name in the header Host; --host NAME adds it.");
        }

        return isOpen || _tokenHash is null || HasToken(context.Request.Headers.Authorization.ToString())
            ? null
            : Response.Error(401, "A token is needed: Authorization: Bearer TOKEN. A browser asks for a password, which is the token.", ("WWW-Authenticate", "Bearer, Basic realm=\"health_ingestion\", charset=\"UTF-8\""));
    }

    private bool IsKnownHost(string host)
    {
        lock (_hosts)
        {
            return _hosts.Contains(host);
        }
    }

    /// <summary>Compares in a time that does not depend on the content: of both texts the hashes.</summary>
    private bool HasToken(string authorization)
    {
        int blank = authorization.IndexOf(' ', StringComparison.Ordinal);
        string scheme = blank < 0 ? "" : authorization[..blank], value = authorization[(blank + 1)..].Trim();
        if (scheme.Equals("Basic", StringComparison.OrdinalIgnoreCase))
        {
            Span<byte> bytes = new byte[value.Length];
            if (!Convert.TryFromBase64String(value, bytes, out int length) || Encoding.UTF8.GetString(bytes[..length]) is not { } pair || !pair.Contains(':', StringComparison.Ordinal))
            {
                return false;
            }

            value = pair[(pair.IndexOf(':', StringComparison.Ordinal) + 1)..];
        }
        else if (!scheme.Equals("Bearer", StringComparison.OrdinalIgnoreCase))
        {
            return false;
        }

        return CryptographicOperations.FixedTimeEquals(Hash(value), _tokenHash);
    }

    private static byte[] Hash(string text) => SHA256.HashData(Encoding.UTF8.GetBytes(text));
}
