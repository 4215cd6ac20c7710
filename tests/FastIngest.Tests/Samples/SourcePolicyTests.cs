using FastIngest.Samples;
using FastIngest.Tests.Support;

namespace FastIngest.Tests.Samples;

public class SourcePolicyTests
{
    /// <summary>Apple writes a no-break space and a typographic apostrophe, which nobody types.</summary>
    [Theory]
    [InlineData("Ada\u2019s Apple\u00A0Watch", "Ada's Apple Watch", 0)]
    [InlineData("Ada\u2019s Apple\u00A0Watch", "Ada\u2019s Apple\u00A0Watch", 0)]
    [InlineData("Ada's Apple\u202FWatch", "Ada\u2019s Apple Watch", 0)]
    [InlineData("Ada's Apple Watch", "ada's apple watch", 2)]
    [InlineData("Phone", "Watch", 1)]
    [InlineData("\u00C2", "\u00C2", 0)]
    [InlineData("", "Watch", 2)]
    public void A_source_has_the_place_of_the_name_that_a_person_types(string source, string typed, int rank)
    {
        SourcePolicy policy = SourcePolicy.Prefer([typed, "Phone"]);
        Assert.Equal(rank, policy.RankOf(source.Bytes()));
        Assert.Equal(((string[])[typed, "Phone"]).Where((_, i) => i != rank), policy.NotFound);
        byte[] secret = [.. "a pseudonym"u8];
        Assert.Equal(0, policy.Renamed(_ => secret).RankOf(secret));
    }

    [Fact]
    public void A_long_name_is_compared_as_it_is()
    {
        string name = new('x', 300);
        Assert.Equal(0, SourcePolicy.Prefer([name]).RankOf(name.Bytes()));
        Assert.Equal(0, SourcePolicy.Largest.RankOf(name.Bytes()));
        Assert.Empty(SourcePolicy.Sum.NotFound);
    }
}
