using System.Text;
using FastIngest.Health;
using FastIngest.Storage.Postgres.Copy;

namespace FastIngest.Tests.Storage.Postgres;

/// <summary>The text of measurements is the one that PostgreSQL has for the same <c>jsonb</c>.</summary>
public sealed class JsonbTextTests
{
    [Fact]
    public void PostgreSQL_writes_the_same_text()
    {
        PostgresServer server = PostgresServer.Shared;
        Random random = new(3);
        string[] names = ["b", "a", "aa", "é", "B", "weight", "\"quoted\"", "back\\slash", "tab\t", "line\n", "\u0001", "\u007F", "🩺", "", " "];
        long[] micros = [0, 1, -1, 15, 99, 100, 61_500_000, -22_000_000, 1_000_000, 123_456_789_012_345_678, long.MaxValue, long.MinValue + 1, 999_999_999_999_999, 1_000_000_000_000_000];
        JsonbText text = new();
        MeasurementJson json = new();
        for (int round = 0; round < 100; round++)
        {
            json.Clear();
            foreach (string name in names.OrderBy(_ => random.Next()).Take(random.Next(names.Length + 1)))
            {
                json.Add(Encoding.UTF8.GetBytes(name), micros[random.Next(micros.Length)], random.Next(5) > 0);
            }

            string input = Encoding.UTF8.GetString(json.Write());
            string stored = Assert.Single(server.Query($"SELECT encode(convert_to(('{input.Replace("'", "''", StringComparison.Ordinal)}'::jsonb)::text, 'UTF8'), 'hex')"));
            Assert.Equal(Encoding.UTF8.GetString(Convert.FromHexString(stored)), Encoding.UTF8.GetString(text.Of(Encoding.UTF8.GetBytes(input))));
        }
    }
}
