using System.Diagnostics;
using System.Globalization;
using System.Text;

namespace HealthIngestion.Server.Http;

/// <summary>Counts requests, in the text format of Prometheus.</summary>
internal sealed class Metrics
{
    private const int StatusCount = 600;

    private readonly long[] _requests = new long[StatusCount];
    private long _micros, _bytes;

    /// <summary>Counts a response.</summary>
    /// <param name="response">The response.</param>
    /// <param name="start">The time stamp at which the request came.</param>
    public void Count(Response response, long start)
    {
        Interlocked.Increment(ref _requests[Math.Clamp(response.Status, 0, StatusCount - 1)]);
        Interlocked.Add(ref _micros, (long)Stopwatch.GetElapsedTime(start).TotalMicroseconds);
        Interlocked.Add(ref _bytes, response.Body.Length);
    }

    public override string ToString()
    {
        StringBuilder text = new("# TYPE health_ingestion_requests_total counter\n");
        for (int status = 0; status < StatusCount; status++)
        {
            if (Interlocked.Read(ref _requests[status]) is > 0 and var count)
            {
                text.Append(CultureInfo.InvariantCulture, $"health_ingestion_requests_total{{code=\"{status}\"}} {count}\n");
            }
        }

        return text.Append("# TYPE health_ingestion_request_seconds_total counter\nhealth_ingestion_request_seconds_total ")
            .Append((Interlocked.Read(ref _micros) / 1e6).ToString("F6", CultureInfo.InvariantCulture))
            .Append("\n# TYPE health_ingestion_response_bytes_total counter\nhealth_ingestion_response_bytes_total ")
            .Append(Interlocked.Read(ref _bytes).ToString(CultureInfo.InvariantCulture))
            .Append("\n# TYPE process_resident_memory_bytes gauge\nprocess_resident_memory_bytes ")
            .Append(Environment.WorkingSet.ToString(CultureInfo.InvariantCulture)).Append('\n').ToString();
    }
}
