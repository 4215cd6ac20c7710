using System.Net;

namespace HealthIngestion.Server.Http;

/// <summary>
/// Limits the requests of each client: it may save up those of two seconds. The number of clients that are remembered is bounded; a client
/// of IPv6 is its network of 64 bits.
/// </summary>
/// <param name="perSecond">The requests of a client in a second.</param>
/// <param name="time">The clock.</param>
internal sealed class RateLimit(double perSecond, TimeProvider time)
{
    private const int MaxClients = 10_000, SavedSeconds = 2, NetworkBytes = 8;

    private readonly Dictionary<UInt128, (double Left, long Seen)> _clients = [];
    private readonly Lock _lock = new();
    private readonly double _most = Math.Max(1, perSecond * SavedSeconds);

    /// <summary>Counts a request; false if the client has to wait.</summary>
    public bool TryTake(IPAddress address)
    {
        UInt128 client = KeyOf(address);
        long now = time.GetTimestamp();
        lock (_lock)
        {
            if (!_clients.TryGetValue(client, out (double Left, long Seen) state))
            {
                if (_clients.Count == MaxClients)
                {
                    Forget(now);
                }

                state = (_most, now);
            }

            double left = Math.Min(_most, state.Left + (time.GetElapsedTime(state.Seen, now).TotalSeconds * perSecond));
            bool isTaken = left >= 1;
            _clients[client] = (isTaken ? left - 1 : left, now);
            return isTaken;
        }
    }

    private static UInt128 KeyOf(IPAddress address)
    {
        Span<byte> bytes = stackalloc byte[16];
        bytes.Clear();
        address.TryWriteBytes(bytes, out _);
        if (address.AddressFamily == System.Net.Sockets.AddressFamily.InterNetworkV6 && !address.IsIPv4MappedToIPv6)
        {
            bytes[NetworkBytes..].Clear();
        }

        return new UInt128(BitConverter.ToUInt64(bytes), BitConverter.ToUInt64(bytes[8..]));
    }

    /// <summary>Forgets clients that could send all they may save up, and if there are none, all.</summary>
    private void Forget(long now)
    {
        foreach ((UInt128 client, (_, long seen)) in _clients.ToArray())
        {
            if (time.GetElapsedTime(seen, now).TotalSeconds >= SavedSeconds)
            {
                _clients.Remove(client);
            }
        }

        if (_clients.Count == MaxClients)
        {
            _clients.Clear();
        }
    }
}
