using System.Text;
using FastIngest.Delivery;

namespace FastIngest.Tests.Delivery;

/// <summary>Compares the hashes with those of Python's hashlib and uuid.</summary>
public class SummaryHashTests
{
    [Theory]
    [InlineData(0, "d41d8cd98f00b204e9800998ecf8427e")]
    [InlineData(1, "93b885adfe0da089cdf634904fd59f71")]
    [InlineData(55, "6912ee65fff2d9f9ce2508cddf8bcda0")]
    [InlineData(56, "51fdd1acda72405dfdfa03fcb85896d7")]
    [InlineData(57, "5320ef4c17ef34a0cf2db763338d25eb")]
    [InlineData(63, "48a6295221902e8e0938f773a7185e72")]
    [InlineData(64, "b2d3f56bc197fd985d5965079b5e7148")]
    [InlineData(65, "8bd7053801c768420faf816fadba971c")]
    [InlineData(119, "1c772251899a7ff007400b888d6b2042")]
    [InlineData(120, "b7ba1efc6022e9ed272f00b8831e26e6")]
    [InlineData(121, "b0b2d719a838db877b6d6571a39a1cdc")]
    [InlineData(128, "37eff01866ba3f538421b30b7cbefcac")]
    [InlineData(1000, "cbecbdb0fdd5cec1e242493b6008cc79")]
    [InlineData(70000, "bd6270ad16e95c85d32f9a518e1f76e7")]
    public void The_hash_of_bytes_that_count_up_is_MD5(int length, string expected) =>
        Assert.Equal([expected], Hashes(length));

    /// <summary>More texts than a vector has lanes, with long and short neighbours: each hash equals the hash of the text alone.</summary>
    [Fact]
    public void Texts_side_by_side_do_not_disturb_each_other()
    {
        int[] lengths = [70000, 0, 55, 64, 1000, 128, 56, 1, 119, 63, 65, 120, 0, 57, 3000, 121, 64, 64, 1, 500];
        string[] alone = [.. lengths.SelectMany(l => Hashes(l))];
        Assert.Equal(lengths.Distinct().Count(), alone.Distinct().Count());
        for (int count = 0; count <= lengths.Length; count++)
        {
            Assert.Equal(alone[..count], Hashes(lengths[..count]));
            Assert.Equal(alone[^count..], Hashes(lengths[^count..]));
        }
    }

    [Theory]
    [InlineData(0, "1b4db7eb-4057-5ddf-91e0-36dec72071f5")]
    [InlineData(1, "e1407479-3136-56c0-9908-bb02fb0339e2")]
    [InlineData(38, "1692765d-1c95-5ac5-a073-ac1b4660febe")]
    [InlineData(39, "615eac0e-03db-567b-8580-916c1aca1cc2")]
    [InlineData(40, "c5c985c8-6875-5a42-b6e3-2872703afed4")]
    [InlineData(47, "60100e11-180f-59cb-911f-bdb3aa734c9d")]
    [InlineData(48, "aa33c522-9edc-58a5-b5af-e2a12995886e")]
    [InlineData(49, "5f34ff08-c93f-5aca-811f-32e7d0b994bd")]
    [InlineData(102, "b34be977-215f-5b21-8eff-245ce97d6833")]
    [InlineData(103, "d95b9427-a1cc-5a01-876a-6367661db75c")]
    [InlineData(104, "03762118-5c69-5fbd-8fe6-063863f5ae19")]
    [InlineData(111, "30d5a62f-5637-5d08-92c9-88a78408222d")]
    [InlineData(112, "237275f4-1121-5532-bfe3-f5091e4fce65")]
    [InlineData(113, "c83fc04b-3905-5a63-ba91-4387d05c7e6b")]
    [InlineData(2000, "4c0beb24-d9d3-58f4-a4ed-2069988577eb")]
    public void The_UUID_of_a_name_in_the_URL_namespace_is_of_version_5(int length, string expected) =>
        Assert.Equal(expected, UuidVersion5.Of(Encoding.ASCII.GetBytes(new string('a', length))).ToString());

    [Theory]
    [InlineData("user_000001", "2023-01-06", "fc3a938a-6a9b-5bd5-b873-4723358a634f")]
    [InlineData("zo\u00eb \"x\"", "2024-02-29", "3f313cca-842f-51c8-9bf7-caeefe15d5c8")]
    public void The_identity_of_a_summary_is_made_of_user_and_day(string user, string date, string expected) =>
        Assert.Equal(expected, SummaryId.Of(Encoding.UTF8.GetBytes(user), DateOnly.Parse(date, null).DayNumber).ToString());

    private static IEnumerable<string> Hashes(params int[] lengths)
    {
        PendingSummary[] summaries = [.. lengths.Select(l => new PendingSummary([], 0, [.. Enumerable.Range(0, l).Select(i => (byte)i)]))];
        SummaryHash.Fill(summaries);
        return summaries.Select(s => s.Hash.ToString("N"));
    }
}
